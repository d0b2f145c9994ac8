/* modal.h: six damped partials that a note strikes: bells, bars, drums.
 *
 *     y[i]  += M / sqrt(1 + S^2),   M = sum_k amp_k · fade(f_k/sr) · Im z_k,   S = sum_k amp_k
 *     z_k    = F_k - q_k
 *     F_k   <- rho_k F_k,   q_k <- lambda rho_k q_k,               rho_k = r_k exp(j 2 pi f_k/sr)
 *     f_k    = freq_k · ratio,   ln r_k = -ln 1000 / (decay_k sr),   ln lambda likewise, attack
 *     strike   F_k' = F_k + velocity (1 - F_k),   q_k' = q_k + velocity (1 - F_k)
 *
 * Modal synthesis: Adrien, "The missing link: modal synthesis", in De Poli et al. (eds.),
 * Representations of Musical Signals, MIT Press 1991; the complex rotation as in Mathews and Smith,
 * "Methods for synthesizing very high Q parametrically well behaved two pole filters", SMAC 2003.
 *
 * F is where the partial is going after the last strike, q what it still lacks. From silence
 * z = velocity r^i (1 - lambda^i) exp(j w i): `attack` is the softness of the mallet.
 *
 * Striking again. z does not jump, since F and q move together. F' is a mean of F and 1, and from
 * then on z is, up to its rotation and damping, a mean of F' and of z at the strike. So |z_k| <= 1
 * and |M| <= S, |y| < 1 after any notes. The root lets one partial be loud alone, at .7, where a
 * sixth for each would not. A soft strike adds to what rings, a hard one replaces it. The body
 * is one: what still rings takes the new note's pitch. A release changes nothing, bells ring on; a
 * vca behind damps them.
 *
 * Params   attack [ms], then freq1, amp1, decay1 … freq6, amp6, decay6 [Hz, 0 … 1, ms to -60 dB].
 *          In the middle of their ranges the frequencies are those of a minor-third bell: hum,
 *          prime, tierce, quint, nominal, superquint (1/2, 1, 6/5, 3/2, 2, 3).
 * State    re F, im F, re q, im q of each partial; 0 when below 1e-30 at the end of a chunk.
 * Kinks    none. */
#ifndef AED_MODAL_H
#define AED_MODAL_H

#include "module.h"

extern const aed_module aed_modal;

#endif
