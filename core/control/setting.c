#include "setting.h"

#include <string.h>

enum
{
    LIST_N = 160 /* what a message of 256 characters has room for */
};

const aed_setting *aed_setting_find(const aed_setting *table, const char *name)
{
    for (const aed_setting *row = table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

/* Join the names of a table; what does not fit is left out whole. */
static void list_names(char list[LIST_N], const aed_setting *table)
{
    size_t used = 0;

    list[0] = '\0';
    for (const aed_setting *row = table; row->name; row++)
    {
        const size_t n = strlen(row->name);

        if (used + n + 2 > LIST_N)
            return;
        list[used++] = ' ';
        memcpy(list + used, row->name, n + 1);
        used += n;
    }
}

aed_status aed_setting_set(
    void *object, const aed_setting *table, const char *name, double value, aed_error *e)
{
    const aed_setting *row = aed_setting_find(table, name);

    if (!row)
    {
        char known[LIST_N];

        list_names(known, table);
        return aed_fail(e, AED_E_NAME, "no setting '%.40s', there are:%s", name, known);
    }
    if (!(value >= row->lo && value <= row->hi)) /* so that NaN is refused */
        return aed_fail(e, AED_E_ARG, "%s: got %g, allowed %g … %g", name, value, row->lo, row->hi);
    memcpy((char *)object + row->offset, &value, sizeof value);
    return AED_OK;
}

int aed_setting_get(double *value, const void *object, const aed_setting *table, const char *name)
{
    const aed_setting *row = aed_setting_find(table, name);

    if (!row)
        return 0;
    memcpy(value, (const char *)object + row->offset, sizeof *value);
    return 1;
}
