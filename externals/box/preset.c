/* preset.c: sounds in slots, and their way to files and back. */
#include "preset.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

void aed_preset_init(aed_preset *p, const aed_chain *chain)
{
    p->chain = *chain;
    p->seed = 0;
    aed_knobs_init(&p->knobs, chain);
    aed_chain_start(p->full, chain);
}

aed_status aed_bank_store(aed_bank *bank, size_t slot, const aed_preset *p, aed_error *e)
{
    if (slot >= AED_SLOTS)
        return aed_fail(e, AED_E_ARG, "slot: got %zu, allowed 0 … %d", slot, AED_SLOTS - 1);
    if (!bank->slots[slot])
        bank->slots[slot] = malloc(sizeof *p);
    if (!bank->slots[slot])
        return aed_fail(e, AED_E_MEMORY, "slot %zu: no memory", slot);
    *bank->slots[slot] = *p;
    return AED_OK;
}

void aed_bank_close(aed_bank *bank)
{
    for (size_t i = 0; i < AED_SLOTS; i++)
    {
        free(bank->slots[i]);
        bank->slots[i] = NULL;
    }
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
