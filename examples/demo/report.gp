# report.gp: the picture of a run. dir, before and learned (losses) come from the command line.
set terminal pngcairo size 1200,1000 font 'Sans,11' background '#ffffff'
set output dir.'/report.png'
set multiplot layout 4,2 margins 0.07,0.98,0.06,0.93 spacing 0.08,0.085 title 'A synthesizer learned a sound' font ',15'
set datafile separator ','
set grid lc rgb '#dddddd'
unset key
set xlabel 'ms' offset 0,0.6
set xrange [0:372]
set yrange [-1:1]
set title 'target'
plot dir.'/target.wav' binary skip=skip format='%float32' array=16384 dx=(1.0/44.1) using 1 with lines lc rgb '#444444'
set title 'target, first 30 ms'
set xrange [0:30]
replot
set xrange [0:372]
set title 'before: loss '.before
plot dir.'/before.wav' binary skip=skip format='%float32' array=16384 dx=(1.0/44.1) using 1 with lines lc rgb '#b05010'
set title 'before, first 30 ms'
set xrange [0:30]
replot
set xrange [0:372]
set title 'learned: loss '.learned
plot dir.'/learned.wav' binary skip=skip format='%float32' array=16384 dx=(1.0/44.1) using 1 with lines lc rgb '#2060a0'
set title 'learned, first 30 ms'
set xrange [0:30]
replot
set xlabel 'step' offset 0,0.6
set autoscale x
set autoscale y
set logscale y
set format y '%g'
set title 'loss while learning (floor 1e-4)'
plot dir.'/history.csv' every ::1 using 1:2 with lines lc rgb '#2060a0'
set title 'learning rate alpha, momentum mu, dither sigma'
set yrange [5e-5:20]
set key top right horizontal
plot dir.'/history.csv' every ::1 using 1:4 with lines lw 1.5 lc rgb '#2060a0' title 'alpha', \
     '' every ::1 using 1:5 with lines lw 1.5 lc rgb '#b05010' title 'mu', \
     '' every ::1 using 1:6 with lines lw 1.5 lc rgb '#508030' title 'sigma'
unset multiplot
