/* pd_keep.c: files named in a patch, and what a patch keeps of an object: a line `#A kept …` behind the
 * object's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/file.h"
#include "box/pieces.h"
#include "pd_inside.h"

/* ---- files ---- */

/* Pd sets the current patch while it makes objects; files are looked for beside that, along Pd's path,
 * and among the presets that come with the library. A name without an ending gets .json. */
int aed_pd_path(void *host, const char *name, int writes, char *path, size_t size)
{
    t_aed_pd *x = host;
    const char *ext = aed_file_ending(name);
    const char *places[] = {"", "presets/"};
    char named[AED_PATH_N], dir[AED_PATH_N], *file;

    if (writes)
    {
        if (snprintf(named, sizeof named, "%s%s", name, ext) >= AED_PATH_N)
            return 0;
        canvas_makefilename(x->x_canvas, named, path, (int)size);
        return 1;
    }
    for (size_t i = 0; i < 2; i++)
    {
        const char *from = i == 0 ? "" : class_gethelpdir(pd_class(&x->x_obj.ob_pd));
        const char *slash = i == 0 ? "" : "/";

        if (snprintf(named, sizeof named, "%s%s%s%s", from, slash, places[i], name) >= AED_PATH_N)
            return 0;
        const int fd = canvas_open(x->x_canvas, named, ext, dir, &file, sizeof dir, 1);
        if (fd < 0)
            continue;
        sys_close(fd);
        return snprintf(path, size, "%s/%s", dir, file) < (int)size;
    }
    return 0;
}

void aed_pd_dirty(void *host)
{
    canvas_dirty(((t_aed_pd *)host)->x_canvas, 1);
}

/* ---- what a patch keeps ---- */

/* Lines `#A …` of a patch file go to the object that was made last and listens. */
static t_symbol *made_last(void)
{
    return gensym("#A");
}

void aed_pd_keep_listen(t_aed_pd *x)
{
    if (!x->x_class->restore)
        return;
    made_last()->s_thing = NULL;
    pd_bind(&x->x_obj.ob_pd, made_last());
}

static void aed_pd_kept(t_aed_pd *x, t_symbol *s, int argc, t_atom *argv)
{
    aed_atom *v = malloc(((size_t)argc + 1) * sizeof *v);
    aed_error e = {AED_E_MEMORY, "no memory"};
    size_t n;

    (void)s;
    for (int i = 0; v && i < argc; i++)
        v[i] = aed_pd_atom(argv + i);
    char *text = v ? aed_pieces_join(v, (size_t)argc, &n, &e) : NULL;

    if (text)
        x->x_class->restore(x->x_box, text, n);
    else
        pd_error(x, "%s: what the patch has kept: %s", x->x_class->name, e.msg);
    free(text);
    free(v);
}

static void aed_pd_save(t_gobj *z, t_binbuf *b)
{
    t_aed_pd *x = (t_aed_pd *)z;
    char piece[AED_PIECE_N];
    size_t n;

    binbuf_addv(
        b, "ssii", gensym("#X"), gensym("obj"), (int)x->x_obj.te_xpix, (int)x->x_obj.te_ypix);
    binbuf_addbinbuf(b, x->x_obj.te_binbuf);
    if (x->x_obj.te_width)
        binbuf_addv(b, ",si", gensym("f"), (int)x->x_obj.te_width);
    binbuf_addv(b, ";");
    char *text = x->x_class->save(x->x_box, &n);

    if (!text)
        return;
    binbuf_addv(b, "ss", made_last(), gensym("kept"));
    for (size_t i = 0; i < aed_pieces_count(n); i++)
    {
        aed_pieces_cut(piece, text, n, i);
        binbuf_addv(b, "s", gensym(piece));
    }
    binbuf_addv(b, ";");
    free(text);
}

void aed_pd_keep_leave(t_aed_pd *x)
{
    if (pd_findbyclass(made_last(), pd_class(&x->x_obj.ob_pd)) == &x->x_obj.ob_pd)
        pd_unbind(&x->x_obj.ob_pd, made_last());
}

void aed_pd_keep_class(t_class *c)
{
    class_setsavefn(c, aed_pd_save);
    class_addmethod(c, (t_method)aed_pd_kept, gensym("kept"), A_GIMME, 0);
}
