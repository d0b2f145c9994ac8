/* plants.c: the table of plants.
 *
 * Frequencies are those of key 60, tuned: a plant is played from keys, so freq stands until
 * `pitch learned`. What an instrument does not have stands at 0. Ranges end where the name would no
 * longer fit: a bell stays within a few semitones of a bell's partials, a bass below its treble. */
#include "plants.h"

#include <string.h>

#define KEY_60 261.6255653 /* Hz, A at 440 */

static const aed_plant_setting as_it_is[] = {{0}};

/* All in the middle, where learning starts best, but loud enough to be heard. */
static const aed_plant_setting classic[] = {
    {"vca.gain", 0.3, 0.0, 0.0, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting bass[] = {
    {"vco1.freq", KEY_60, 0.0, 0.0, 0},
    {"vco1.sine", 0.1, 0.02, 0.5, AED_AS_USUAL},
    {"vco1.tri", 0.1, 0.02, 0.5, AED_AS_USUAL},
    {"vco1.saw", 0.7, 0.2, 1.0, AED_AS_USUAL},
    {"vco1.pulse", 0.1, 0.02, 0.6, AED_AS_USUAL},
    {"vco1.width", 0.4, 0.1, 0.5, AED_AS_USUAL},
    {"vco1.drift", 2.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.freq", KEY_60 / 2.0, 0.0, 0.0, 0},
    {"vco2.fine", 5.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.sine", 0.5, 0.1, 1.0, AED_AS_USUAL},
    {"vco2.tri", 0.1, 0.02, 0.5, AED_AS_USUAL},
    {"vco2.saw", 0.2, 0.02, 0.7, AED_AS_USUAL},
    {"vco2.pulse", 0.1, 0.02, 0.6, AED_AS_USUAL},
    {"vco2.width", 0.4, 0.1, 0.5, AED_AS_USUAL},
    {"vco2.drift", 2.0, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 3.0, 1.0, 30.0, AED_AS_USUAL},
    {"env.decay", 900.0, 100.0, 2500.0, AED_AS_USUAL},
    {"env.sustain", 0.4, 0.1, 0.8, AED_AS_USUAL},
    {"env.release", 150.0, 40.0, 500.0, AED_AS_USUAL},
    {"ladder.cutoff", 220.0, 80.0, 900.0, AED_AS_USUAL},
    {"ladder.resonance", 0.3, 0.0, 0.7, AED_AS_USUAL},
    {"ladder.drive", 2.0, 0.5, 8.0, AED_AS_USUAL},
    {"ladder.env", 2.2, 0.5, 3.0, AED_AS_USUAL},
    {"vca.gain", 0.7, 0.1, 1.0, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting lead[] = {
    {"lfo.rate", 5.5, 3.0, 8.0, AED_AS_USUAL},
    {"lfo.pitch", 0.12, 0.0, 0.5, AED_AS_USUAL},
    {"lfo.cutoff", 0.05, 0.0, 0.5, AED_AS_USUAL},
    {"lfo.level", 0.5, 0.0, 3.0, AED_AS_USUAL},
    {"vco1.freq", KEY_60, 0.0, 0.0, 0},
    {"vco1.sine", 0.05, 0.02, 0.5, AED_AS_USUAL},
    {"vco1.tri", 0.1, 0.02, 0.7, AED_AS_USUAL},
    {"vco1.saw", 0.7, 0.1, 1.0, AED_AS_USUAL},
    {"vco1.pulse", 0.1, 0.02, 0.8, AED_AS_USUAL},
    {"vco1.width", 0.3, 0.05, 0.5, AED_AS_USUAL},
    {"vco1.drift", 3.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.freq", KEY_60, 0.0, 0.0, 0},
    {"vco2.fine", 8.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.sine", 0.05, 0.02, 0.5, AED_AS_USUAL},
    {"vco2.tri", 0.2, 0.02, 0.7, AED_AS_USUAL},
    {"vco2.saw", 0.5, 0.02, 1.0, AED_AS_USUAL},
    {"vco2.pulse", 0.1, 0.02, 0.8, AED_AS_USUAL},
    {"vco2.width", 0.4, 0.05, 0.5, AED_AS_USUAL},
    {"vco2.drift", 3.0, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 8.0, 1.0, 60.0, AED_AS_USUAL},
    {"env.decay", 1200.0, 200.0, 4000.0, AED_AS_USUAL},
    {"env.sustain", 0.7, 0.3, 1.0, AED_AS_USUAL},
    {"env.release", 180.0, 40.0, 600.0, AED_AS_USUAL},
    {"ladder.cutoff", 900.0, 300.0, 4000.0, AED_AS_USUAL},
    {"ladder.resonance", 0.35, 0.0, 0.8, AED_AS_USUAL},
    {"ladder.drive", 2.0, 0.5, 8.0, AED_AS_USUAL},
    {"ladder.env", 1.5, 0.0, 3.0, AED_AS_USUAL},
    {"ladder.track", 0.7, 0.0, 0.0, AED_AS_USUAL},
    {"vca.gain", 0.6, 0.1, 1.0, AED_AS_USUAL},
    {"delay.time", 165.0, 60.0, 500.0, AED_AS_USUAL},
    {"delay.feedback", 0.3, 0.0, 0.6, AED_AS_USUAL},
    {"delay.damp", 4000.0, 1000.0, 10000.0, AED_AS_USUAL},
    {"delay.mix", 0.2, 0.05, 0.5, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting pluck[] = {
    {"harmonic.freq", KEY_60, 0.0, 0.0, 0},
    {"harmonic.level", 0.8, 0.2, 1.0, AED_AS_USUAL},
    {"harmonic.stretch", 5e-05, 0.0, 0.0004, AED_AS_USUAL},
    {"harmonic.h1", 0.8, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h2", 0.6, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h3", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h4", 0.4, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h5", 0.3, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h6", 0.25, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h7", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h8", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h9", 0.15, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h10", 0.1, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h11", 0.1, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h12", 0.1, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.breath", 0.05, 0.02, 0.3, AED_AS_USUAL},
    {"harmonic.color", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 1.5, 1.0, 8.0, AED_AS_USUAL},
    {"env.decay", 2500.0, 400.0, 5000.0, AED_AS_USUAL},
    {"env.sustain", 0.02, 0.0, 0.2, AED_AS_USUAL},
    {"env.release", 350.0, 60.0, 1500.0, AED_AS_USUAL},
    {"ladder.cutoff", 350.0, 150.0, 2000.0, AED_AS_USUAL},
    {"ladder.resonance", 0.1, 0.0, 0.5, AED_AS_USUAL},
    {"ladder.drive", 1.5, 0.5, 6.0, AED_AS_USUAL},
    {"ladder.env", 2.8, 1.0, 3.0, AED_AS_USUAL},
    {"ladder.track", 0.8, 0.0, 0.0, AED_AS_USUAL},
    {"vca.gain", 0.9, 0.1, 1.0, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting bell[] = {
    {"modal.attack", 0.5, 0.1, 3.0, AED_AS_USUAL},
    {"modal.freq1", KEY_60 / 2.0, 0.85 * KEY_60 / 2.0, 1.18 * KEY_60 / 2.0, AED_AS_USUAL},
    {"modal.amp1", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay1", 5000.0, 1500.0, 5000.0, AED_AS_USUAL},
    {"modal.freq2", KEY_60, 0.85 * KEY_60, 1.18 * KEY_60, AED_AS_USUAL},
    {"modal.amp2", 0.6, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay2", 3500.0, 800.0, 5000.0, AED_AS_USUAL},
    {"modal.freq3", 1.2 * KEY_60, 0.85 * 1.2 * KEY_60, 1.18 * 1.2 * KEY_60, AED_AS_USUAL},
    {"modal.amp3", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay3", 2500.0, 600.0, 5000.0, AED_AS_USUAL},
    {"modal.freq4", 1.5 * KEY_60, 0.85 * 1.5 * KEY_60, 1.18 * 1.5 * KEY_60, AED_AS_USUAL},
    {"modal.amp4", 0.3, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay4", 1800.0, 400.0, 4000.0, AED_AS_USUAL},
    {"modal.freq5", 2.0 * KEY_60, 0.85 * 2.0 * KEY_60, 1.18 * 2.0 * KEY_60, AED_AS_USUAL},
    {"modal.amp5", 0.7, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay5", 1600.0, 400.0, 4000.0, AED_AS_USUAL},
    {"modal.freq6", 3.0 * KEY_60, 0.85 * 3.0 * KEY_60, 1.18 * 3.0 * KEY_60, AED_AS_USUAL},
    {"modal.amp6", 0.4, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay6", 900.0, 200.0, 3000.0, AED_AS_USUAL},
    {"env.attack", 1.0, 1.0, 5.0, 0},
    {"env.decay", 5000.0, 0.0, 0.0, 0},
    {"env.sustain", 1.0, 0.0, 0.0, 0},
    {"env.release", 2500.0, 500.0, 5000.0, AED_AS_USUAL},
    {"vca.gain", 0.7, 0.1, 1.0, AED_AS_USUAL},
    {"reverb.size", 10.0, 0.0, 0.0, AED_AS_USUAL},
    {"reverb.decay", 1800.0, 500.0, 4000.0, AED_AS_USUAL},
    {"reverb.damp", 6000.0, 1500.0, 16000.0, AED_AS_USUAL},
    {"reverb.mix", 0.15, 0.05, 0.5, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting drum[] = {
    {"modal.attack", 0.3, 0.1, 4.0, AED_AS_USUAL},
    {"modal.freq1", 105.0, 40.0, 400.0, AED_AS_USUAL},
    {"modal.amp1", 1.0, 0.2, 1.0, AED_AS_USUAL},
    {"modal.decay1", 700.0, 80.0, 2000.0, AED_AS_USUAL},
    {"modal.freq2", 167.0, 60.0, 700.0, AED_AS_USUAL},
    {"modal.amp2", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay2", 350.0, 40.0, 1500.0, AED_AS_USUAL},
    {"modal.freq3", 224.0, 70.0, 1000.0, AED_AS_USUAL},
    {"modal.amp3", 0.4, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay3", 250.0, 30.0, 1200.0, AED_AS_USUAL},
    {"modal.freq4", 241.0, 90.0, 1500.0, AED_AS_USUAL},
    {"modal.amp4", 0.25, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay4", 200.0, 20.0, 1000.0, AED_AS_USUAL},
    {"modal.freq5", 279.0, 120.0, 2500.0, AED_AS_USUAL},
    {"modal.amp5", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay5", 150.0, 15.0, 800.0, AED_AS_USUAL},
    {"modal.freq6", 306.0, 170.0, 4000.0, AED_AS_USUAL},
    {"modal.amp6", 0.15, 0.0, 0.0, AED_AS_USUAL},
    {"modal.decay6", 100.0, 10.0, 600.0, AED_AS_USUAL},
    {"noise.level", 0.15, 0.0, 0.0, AED_AS_USUAL},
    {"noise.color", 0.0, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 1.0, 1.0, 5.0, AED_AS_USUAL},
    {"env.decay", 1200.0, 80.0, 3000.0, AED_AS_USUAL},
    {"env.sustain", 0.01, 0.0, 0.1, AED_AS_USUAL},
    {"env.release", 800.0, 50.0, 2000.0, AED_AS_USUAL},
    {"svf.cutoff", 400.0, 100.0, 9000.0, AED_AS_USUAL},
    {"svf.resonance", 0.1, 0.0, 0.6, AED_AS_USUAL},
    {"svf.env", 2.5, 0.0, 3.0, AED_AS_USUAL},
    {"svf.low", 0.9, 0.0, 0.0, AED_AS_USUAL},
    {"svf.band", 0.1, 0.0, 0.0, AED_AS_USUAL},
    {"svf.high", 0.05, 0.0, 0.0, AED_AS_USUAL},
    {"svf.track", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"shaper.drive", 3.0, 1.0, 16.0, AED_AS_USUAL},
    {"shaper.bias", 0.0, -0.3, 0.3, AED_AS_USUAL},
    {"shaper.fold", 0.0, 0.0, 0.4, AED_AS_USUAL},
    {"shaper.asym", 0.1, 0.0, 0.6, AED_AS_USUAL},
    {"vca.gain", 0.8, 0.1, 1.0, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting organ[] = {
    {"lfo.rate", 6.5, 4.0, 8.0, AED_AS_USUAL},
    {"lfo.pitch", 0.06, 0.0, 0.3, AED_AS_USUAL},
    {"lfo.cutoff", 0.0, 0.0, 0.0, 0},
    {"lfo.level", 0.8, 0.0, 4.0, AED_AS_USUAL},
    {"harmonic.freq", KEY_60 / 2.0, 0.0, 0.0, 0},
    {"harmonic.level", 0.7, 0.2, 1.0, AED_AS_USUAL},
    {"harmonic.stretch", 0.0, 0.0, 2e-05, 0},
    {"harmonic.h1", 0.8, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h2", 0.8, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h3", 0.6, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h4", 0.6, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h5", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h6", 0.3, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h7", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h8", 0.35, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h9", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h10", 0.12, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h11", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h12", 0.15, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.breath", 0.03, 0.02, 0.1, AED_AS_USUAL},
    {"harmonic.color", 0.4, 0.0, 0.0, AED_AS_USUAL},
    {"shaper.drive", 1.0, 0.25, 4.0, AED_AS_USUAL},
    {"shaper.bias", 0.1, -0.4, 0.4, AED_AS_USUAL},
    {"shaper.fold", 0.02, 0.0, 0.2, AED_AS_USUAL},
    {"shaper.asym", 0.2, 0.0, 0.6, AED_AS_USUAL},
    {"env.attack", 4.0, 1.0, 30.0, AED_AS_USUAL},
    {"env.decay", 600.0, 100.0, 3000.0, AED_AS_USUAL},
    {"env.sustain", 0.9, 0.6, 1.0, AED_AS_USUAL},
    {"env.release", 70.0, 20.0, 250.0, AED_AS_USUAL},
    {"vca.gain", 0.9, 0.1, 1.0, AED_AS_USUAL},
    {"reverb.size", 9.0, 0.0, 0.0, AED_AS_USUAL},
    {"reverb.decay", 1200.0, 400.0, 3000.0, AED_AS_USUAL},
    {"reverb.damp", 5000.0, 1500.0, 16000.0, AED_AS_USUAL},
    {"reverb.mix", 0.15, 0.05, 0.4, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting pad[] = {
    {"lfo.rate", 0.4, 0.1, 4.0, AED_AS_USUAL},
    {"lfo.pitch", 0.03, 0.0, 0.2, AED_AS_USUAL},
    {"lfo.cutoff", 0.3, 0.0, 1.0, AED_AS_USUAL},
    {"lfo.level", 0.5, 0.0, 3.0, AED_AS_USUAL},
    {"vco1.freq", KEY_60, 0.0, 0.0, 0},
    {"vco1.fine", -6.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco1.sine", 0.1, 0.02, 0.6, AED_AS_USUAL},
    {"vco1.tri", 0.2, 0.02, 0.8, AED_AS_USUAL},
    {"vco1.saw", 0.35, 0.02, 0.6, AED_AS_USUAL},
    {"vco1.pulse", 0.1, 0.02, 0.5, AED_AS_USUAL},
    {"vco1.width", 0.35, 0.1, 0.5, AED_AS_USUAL},
    {"vco1.drift", 5.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.freq", KEY_60, 0.0, 0.0, 0},
    {"vco2.fine", 7.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.sine", 0.1, 0.02, 0.6, AED_AS_USUAL},
    {"vco2.tri", 0.2, 0.02, 0.8, AED_AS_USUAL},
    {"vco2.saw", 0.35, 0.02, 0.6, AED_AS_USUAL},
    {"vco2.pulse", 0.1, 0.02, 0.5, AED_AS_USUAL},
    {"vco2.width", 0.25, 0.1, 0.5, AED_AS_USUAL},
    {"vco2.drift", 5.0, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 200.0, 50.0, 1000.0, AED_AS_USUAL},
    {"env.decay", 3000.0, 500.0, 5000.0, AED_AS_USUAL},
    {"env.sustain", 0.8, 0.4, 1.0, AED_AS_USUAL},
    {"env.release", 1800.0, 500.0, 5000.0, AED_AS_USUAL},
    {"svf.cutoff", 700.0, 200.0, 3000.0, AED_AS_USUAL},
    {"svf.resonance", 0.12, 0.0, 0.5, AED_AS_USUAL},
    {"svf.env", 0.8, -1.0, 2.0, AED_AS_USUAL},
    {"svf.low", 0.8, 0.3, 1.0, AED_AS_USUAL},
    {"svf.band", 0.2, 0.0, 0.8, AED_AS_USUAL},
    {"svf.high", 0.03, -0.1, 0.3, AED_AS_USUAL},
    {"vca.gain", 0.6, 0.1, 1.0, AED_AS_USUAL},
    {"reverb.size", 15.0, 8.0, 20.0, AED_AS_USUAL},
    {"reverb.decay", 3500.0, 1500.0, 8000.0, AED_AS_USUAL},
    {"reverb.damp", 5000.0, 1500.0, 12000.0, AED_AS_USUAL},
    {"reverb.mix", 0.35, 0.1, 0.7, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting wind[] = {
    {"lfo.rate", 5.0, 3.0, 7.0, AED_AS_USUAL},
    {"lfo.pitch", 0.08, 0.0, 0.3, AED_AS_USUAL},
    {"lfo.cutoff", 0.15, 0.0, 0.6, AED_AS_USUAL},
    {"lfo.level", 1.5, 0.0, 5.0, AED_AS_USUAL},
    {"harmonic.freq", KEY_60, 0.0, 0.0, 0},
    {"harmonic.level", 0.8, 0.2, 1.0, AED_AS_USUAL},
    {"harmonic.stretch", 0.0, 0.0, 0.0, 0},
    {"harmonic.h1", 0.9, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h2", 0.4, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h3", 0.25, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h4", 0.12, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h5", 0.08, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h6", 0.05, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h7", 0.04, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h8", 0.03, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h9", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h10", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h11", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.h12", 0.02, 0.0, 0.0, AED_AS_USUAL},
    {"harmonic.breath", 0.2, 0.02, 0.8, AED_AS_USUAL},
    {"harmonic.color", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 70.0, 15.0, 300.0, AED_AS_USUAL},
    {"env.decay", 900.0, 200.0, 4000.0, AED_AS_USUAL},
    {"env.sustain", 0.85, 0.5, 1.0, AED_AS_USUAL},
    {"env.release", 160.0, 50.0, 600.0, AED_AS_USUAL},
    {"svf.cutoff", 1800.0, 500.0, 8000.0, AED_AS_USUAL},
    {"svf.resonance", 0.1, 0.0, 0.5, AED_AS_USUAL},
    {"svf.env", 0.8, -1.0, 2.0, AED_AS_USUAL},
    {"svf.low", 0.9, 0.3, 1.0, AED_AS_USUAL},
    {"svf.band", 0.2, 0.0, 0.0, AED_AS_USUAL},
    {"svf.high", 0.05, -0.1, 0.5, AED_AS_USUAL},
    {"svf.track", 0.8, 0.0, 0.0, AED_AS_USUAL},
    {"vca.gain", 0.8, 0.1, 1.0, AED_AS_USUAL},
    {"reverb.size", 11.0, 0.0, 0.0, AED_AS_USUAL},
    {"reverb.decay", 1600.0, 500.0, 4000.0, AED_AS_USUAL},
    {"reverb.damp", 5000.0, 1500.0, 14000.0, AED_AS_USUAL},
    {"reverb.mix", 0.2, 0.05, 0.5, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting fm[] = {
    {"vco1.freq", 2.0 * KEY_60, 0.0, 0.0, 0},
    {"vco1.sine", 0.0, 0.0, 0.0, 0},
    {"vco1.tri", 0.0, 0.0, 0.0, 0},
    {"vco1.saw", 0.0, 0.0, 0.0, 0},
    {"vco1.pulse", 0.0, 0.0, 0.0, 0},
    {"vco1.width", 0.5, 0.0, 0.0, 0},
    {"vco1.drift", 1.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.freq", KEY_60, 0.0, 0.0, 0},
    {"vco2.fine", 2.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.sine", 0.8, 0.2, 1.0, AED_AS_USUAL},
    {"vco2.tri", 0.0, 0.0, 0.0, 0},
    {"vco2.saw", 0.0, 0.0, 0.0, 0},
    {"vco2.pulse", 0.0, 0.0, 0.0, 0},
    {"vco2.width", 0.5, 0.0, 0.0, 0},
    {"vco2.drift", 1.0, 0.0, 0.0, AED_AS_USUAL},
    {"vco2.fm", 0.3, 0.0, 0.8, 1},
    {"env.attack", 2.0, 1.0, 40.0, AED_AS_USUAL},
    {"env.decay", 3000.0, 300.0, 5000.0, AED_AS_USUAL},
    {"env.sustain", 0.15, 0.0, 0.8, AED_AS_USUAL},
    {"env.release", 300.0, 50.0, 2000.0, AED_AS_USUAL},
    {"svf.cutoff", 700.0, 200.0, 6000.0, AED_AS_USUAL},
    {"svf.resonance", 0.05, 0.0, 0.5, AED_AS_USUAL},
    {"svf.env", 2.2, 0.0, 3.0, AED_AS_USUAL},
    {"svf.low", 0.9, 0.3, 1.0, AED_AS_USUAL},
    {"svf.band", 0.1, 0.0, 0.0, AED_AS_USUAL},
    {"svf.high", 0.05, -0.1, 0.6, AED_AS_USUAL},
    {"svf.track", 0.7, 0.0, 0.0, AED_AS_USUAL},
    {"vca.gain", 0.8, 0.1, 1.0, AED_AS_USUAL},
    {"delay.time", 120.0, 20.0, 500.0, AED_AS_USUAL},
    {"delay.feedback", 0.25, 0.0, 0.6, AED_AS_USUAL},
    {"delay.damp", 4000.0, 1000.0, 12000.0, AED_AS_USUAL},
    {"delay.mix", 0.12, 0.05, 0.5, AED_AS_USUAL},
    {0},
};

static const aed_plant_setting sea[] = {
    {"lfo.rate", 0.15, 0.05, 2.0, AED_AS_USUAL},
    {"lfo.pitch", 0.0, 0.0, 0.0, 0},
    {"lfo.cutoff", 1.2, 0.0, 2.0, AED_AS_USUAL},
    {"lfo.level", 6.0, 0.0, 12.0, AED_AS_USUAL},
    {"noise.level", 0.9, 0.2, 1.0, AED_AS_USUAL},
    {"noise.color", -0.2, 0.0, 0.0, AED_AS_USUAL},
    {"env.attack", 150.0, 30.0, 1000.0, AED_AS_USUAL},
    {"env.decay", 4000.0, 500.0, 5000.0, AED_AS_USUAL},
    {"env.sustain", 0.9, 0.4, 1.0, AED_AS_USUAL},
    {"env.release", 2500.0, 300.0, 5000.0, AED_AS_USUAL},
    {"svf.cutoff", 700.0, 100.0, 6000.0, AED_AS_USUAL},
    {"svf.resonance", 0.2, 0.0, 0.8, AED_AS_USUAL},
    {"svf.env", 0.5, -1.0, 2.0, AED_AS_USUAL},
    {"svf.low", 0.7, 0.0, 0.0, AED_AS_USUAL},
    {"svf.band", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"svf.high", 0.05, 0.0, 0.0, AED_AS_USUAL},
    {"svf.track", 0.5, 0.0, 0.0, AED_AS_USUAL},
    {"vca.gain", 0.7, 0.1, 1.0, AED_AS_USUAL},
    {"reverb.size", 14.0, 8.0, 20.0, AED_AS_USUAL},
    {"reverb.decay", 2500.0, 600.0, 6000.0, AED_AS_USUAL},
    {"reverb.damp", 5000.0, 1500.0, 14000.0, AED_AS_USUAL},
    {"reverb.mix", 0.25, 0.05, 0.6, AED_AS_USUAL},
    {0},
};

const aed_plant aed_plants[] = {
    {"classic", "oscillator and noise into a ladder filter", AED_CHAIN_DEFAULT, classic},
    {"bass", "two oscillators an octave apart, a filter that closes", "vco vco | ladder | vca",
        bass},
    {"lead", "two oscillators, vibrato, a filter and an echo", "lfo vco vco | ladder | vca | delay",
        lead},
    {"pluck", "a string that loses its brightness as it fades", "harmonic | ladder | vca", pluck},
    {"bell", "six struck partials in a room", "modal | vca | reverb", bell},
    {"drum", "a struck skin and noise through one filter", "modal noise | svf | shaper | vca",
        drum},
    {"organ", "drawbars: twelve partials, a warm stage and a room",
        "lfo harmonic | shaper | vca | reverb", organ},
    {"pad", "slow, wide, detuned, in a large room", "lfo vco vco | svf | vca | reverb", pad},
    {"wind", "a blown pipe: partials, breath, vibrato, a room", "lfo harmonic | svf | vca | reverb",
        wind},
    {"fm", "one sine shifts another's phase; filter and echo", "vco vco | svf | vca | delay", fm},
    {"sea", "noise that swells: waves, storms, breath", "lfo noise | svf | vca | reverb", sea},
    {0},
};

const aed_plant *aed_plant_named(const char *name)
{
    for (const aed_plant *p = aed_plants; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static void apply(
    double *full, aed_knobs *knobs, const aed_chain *chain, const aed_plant_setting *s)
{
    const int i = aed_chain_find(chain, s->param);

    if (i < 0) /* a table that names what is not there is caught by the tests */
        return;
    const aed_param *row = aed_chain_param(chain, (size_t)i);

    full[i] = aed_param_theta(row, s->value);
    if (s->lo < s->hi)
        aed_knobs_range(knobs, (size_t)i, aed_param_theta(row, s->lo), aed_param_theta(row, s->hi));
    if (s->learns != AED_AS_USUAL)
        aed_knobs_learn(knobs, (size_t)i, s->learns);
}

/* A single word may have been meant as a plant. */
static aed_status fail_unknown(aed_error *e, const aed_error *why, const char *words)
{
    char known[160] = "";
    size_t n = 0;

    for (const aed_plant *p = aed_plants; p->name && n + strlen(p->name) + 2 < sizeof known; p++)
    {
        known[n++] = ' ';
        strcpy(known + n, p->name);
        n += strlen(p->name);
    }
    if (why->code != AED_E_NAME || strpbrk(words, " |"))
        return aed_fail(e, why->code, "%s", why->msg);
    return aed_fail(e, why->code, "%s; plants are%s", why->msg, known);
}

aed_status aed_plant_parse(aed_chain *chain, double full[AED_KNOBS_MOST], aed_knobs *knobs,
    const char *words, aed_error *e)
{
    const aed_plant *plant = aed_plant_named(words);
    aed_error why;

    if (aed_chain_parse(chain, plant ? plant->words : words, &why) != AED_OK)
        return fail_unknown(e, &why, words);
    aed_chain_start(full, chain);
    aed_knobs_init(knobs, chain);
    for (const aed_plant_setting *s = plant ? plant->settings : as_it_is; s->param; s++)
        apply(full, knobs, chain, s);
    return AED_OK;
}
