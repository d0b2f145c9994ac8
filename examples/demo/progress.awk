# progress.awk: rows of a run, "row: step loss reward alpha mu sigma", into a CSV and onto the screen.
function now() { srand(); return srand() }
BEGIN {
    print "step,loss,reward,alpha,mu,sigma" > csv
    began = shown = now()
}
/biggest amplitude/ { next } # soundfiler says so at every write
$1 != "row:" { print; fflush(); next }
{
    printf "%d,%s,%s,%s,%s,%s\n", $2, $3, $4, $5, $6, $7 > csv
    fflush(csv)
    if ($2 > 1 && $2 < steps && now() == shown) next
    shown = now()
    rate = $2 / (shown > began ? shown - began : 1)
    printf "step %5d of %d  loss %-9.5g reward %-7.4f alpha %-8.4g mu %-6.3f sigma %-8.2g %4.0f steps/s  %3.0f s left\n", \
        $2, steps, $3, $4, $5, $6, $7, rate, (steps - $2) / rate
    fflush()
}
