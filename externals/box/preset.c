/* preset.c: sounds in slots, and their way to files and back. */
#include "preset.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

/* ---- one sound ---- */

static double *vector_new(size_t n, aed_error *e)
{
    double *v = malloc(n * sizeof *v);

    if (!v)
        (void)aed_fail(e, AED_E_MEMORY, "no memory for a sound of %zu numbers", n);
    return v;
}

aed_status aed_preset_init(aed_preset *p, const aed_chain *chain, unsigned long seed, aed_error *e)
{
    double *full = vector_new(chain->full_n, e);

    if (!full)
        return AED_E_MEMORY;
    free(p->full);
    *p = (aed_preset){.chain = *chain, .full = full, .seed = seed};
    aed_knobs_init(&p->knobs, &p->chain);
    aed_chain_start(full, &p->chain);
    aed_chain_scramble(full, &p->chain, seed);
    return AED_OK;
}

aed_status aed_preset_copy(aed_preset *p, const aed_preset *from, aed_error *e)
{
    double *full = vector_new(from->chain.full_n, e);

    if (!full)
        return AED_E_MEMORY;
    memcpy(full, from->full, from->chain.full_n * sizeof *full);
    free(p->full);
    *p = *from;
    p->full = full;
    return AED_OK;
}

void aed_preset_close(aed_preset *p)
{
    free(p->full);
    memset(p, 0, sizeof *p);
}

/* ---- slots ---- */

aed_status aed_bank_store(aed_bank *bank, size_t slot, const aed_preset *p, aed_error *e)
{
    if (slot >= AED_SLOTS)
        return aed_fail(e, AED_E_ARG, "slot: got %zu, allowed 0 … %d", slot, AED_SLOTS - 1);
    aed_preset *kept = bank->slots[slot] ? bank->slots[slot] : calloc(1, sizeof *kept);

    if (!kept || aed_preset_copy(kept, p, NULL) != AED_OK)
    {
        if (!bank->slots[slot])
            free(kept);
        return aed_fail(e, AED_E_MEMORY, "slot %zu: no memory", slot);
    }
    bank->slots[slot] = kept;
    return AED_OK;
}

void aed_bank_close(aed_bank *bank)
{
    for (size_t i = 0; i < AED_SLOTS; i++)
        if (bank->slots[i])
        {
            aed_preset_close(bank->slots[i]);
            free(bank->slots[i]);
            bank->slots[i] = NULL;
        }
    aed_preset_close(&bank->now);
}

/* ---- files ---- */

static aed_status fail_in(aed_error *e, const char *path, const aed_error *inner)
{
    return aed_fail(e, inner->code, "%s: %s", aed_file_tail(path), inner->msg);
}

aed_status aed_bank_read(aed_bank *bank, const char *path, aed_error *e)
{
    aed_error inner;
    size_t n;
    char *text = aed_file_read(path, AED_PRESET_BYTES, &n, &inner);

    if (!text)
        return aed_fail(e, inner.code, "%s", inner.msg);
    const aed_status status = aed_bank_decode(bank, text, n, &inner);

    free(text);
    return status ? fail_in(e, path, &inner) : AED_OK;
}

aed_status aed_bank_write(const aed_bank *bank, const char *path, aed_error *e)
{
    aed_error inner;
    size_t n;
    char *text = aed_bank_encode(bank, AED_READABLE, &n, &inner);

    if (!text)
        return fail_in(e, path, &inner);
    const aed_status status = aed_file_write(path, text, n, e);

    free(text);
    return status;
}
