/* Files: whole or not at all, and errors that name them. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/file.h"
#include "box/preset.h"
#include "common.h"

static char folder[64];
static char path[128]; /* of the file of a test */

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/aed-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/bell.json", folder);
    return 0;
}

/* What is in the folder. */
static glob_t entries(void)
{
    char pattern[80];
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/*", folder);
    assert_true(glob(pattern, 0, NULL, &found) != GLOB_NOSPACE);
    return found;
}

static int teardown(void **state)
{
    glob_t found = entries();

    (void)state;
    for (size_t i = 0; i < found.gl_pathc; i++)
        remove(found.gl_pathv[i]);
    globfree(&found);
    return rmdir(folder);
}

static void assert_entries(size_t n)
{
    glob_t found = entries();

    assert_int_equal(found.gl_pathc, n);
    globfree(&found);
}

static void assert_holds(const char *text)
{
    aed_error e;
    size_t n;
    char *got = aed_file_read(path, 1000000, &n, &e);

    if (!got)
        fail_msg("%s", e.msg);
    assert_int_equal(n, strlen(text));
    assert_string_equal(got, text);
    free(got);
}

static void write_text(const char *text)
{
    aed_error e;

    if (aed_file_write(path, text, strlen(text), &e) != AED_OK)
        fail_msg("%s", e.msg);
}

static void refuse_write(const char *to, const char *words)
{
    aed_error e = {.msg = ""};

    assert_int_equal(aed_file_write(to, "new", 3, &e), AED_E_STATE);
    if (!strstr(e.msg, words))
        fail_msg("got '%s', expected '%s'", e.msg, words);
}

static void refuse_read(const char *from, aed_status status, const char *words)
{
    aed_error e = {.msg = ""};
    size_t n;

    assert_null(aed_file_read(from, 10, &n, &e));
    assert_int_equal(e.code, status);
    if (!strstr(e.msg, words))
        fail_msg("got '%s', expected '%s'", e.msg, words);
}

static void a_file_is_replaced_whole(void **state)
{
    (void)state;
    write_text("old");
    assert_holds("old");
    write_text("new, and longer");
    assert_holds("new, and longer");
    write_text("");
    assert_holds("");
    assert_entries(1);
}

static void permissions_and_links_stay(void **state)
{
    char link[128];
    struct stat s;

    (void)state;
    write_text("old");
    assert_int_equal(chmod(path, 0640), 0);
    snprintf(link, sizeof link, "%s/link.json", folder);
    assert_int_equal(symlink("bell.json", link), 0);
    aed_error e;
    assert_int_equal(aed_file_write(link, "new", 3, &e), AED_OK);
    assert_holds("new");
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0640);
    assert_int_equal(lstat(link, &s), 0);
    assert_true(S_ISLNK(s.st_mode));
}

static void what_is_in_the_way_stays(void **state)
{
    char sub[160], beside[160];

    (void)state;
    refuse_write(folder, "not a file");
    write_text("old");
    snprintf(sub, sizeof sub, "%s/inside.json", path);
    refuse_write(sub, "inside.json: Not a directory");
    snprintf(sub, sizeof sub, "%s/none/bell.json", folder);
    refuse_write(sub, "none/bell.json: No such file or directory");
    for (int i = 0; i < 100; i++)
    {
        snprintf(beside, sizeof beside, "%s.tmp-%d", path, i);
        assert_int_equal(mkdir(beside, 0700), 0);
    }
    refuse_write(path, "bell.json: File exists");
    assert_holds("old");
    snprintf(beside, sizeof beside, "%s.tmp-7", path);
    assert_int_equal(rmdir(beside), 0);
    write_text("new");
    assert_holds("new");
}

/* Root may write everywhere. */
static void an_unwritable_folder(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip();
    write_text("old");
    assert_int_equal(chmod(folder, 0500), 0);
    refuse_write(path, "bell.json: Permission denied");
    assert_holds("old");
    assert_int_equal(chmod(folder, 0700), 0);
    assert_entries(1);
}

/* As a full disk: half of it is written, the rest is refused. */
static void a_disk_that_is_full_in_the_middle(void **state)
{
    static char text[100000];
    struct rlimit before, small;
    aed_error e = {.msg = ""};

    (void)state;
    write_text("old");
    memset(text, 'x', sizeof text);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){50000, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const aed_status status = aed_file_write(path, text, sizeof text, &e);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, AED_E_STATE);
    assert_non_null(strstr(e.msg, "bell.json: File too large"));
    assert_holds("old");
    assert_entries(1);
}

static void what_cannot_be_read(void **state)
{
    char pipe[128], far[400];

    (void)state;
    refuse_read(path, AED_E_STATE, "bell.json: No such file or directory");
    refuse_read(folder, AED_E_STATE, "not a file");
    write_text("12345678901");
    refuse_read(path, AED_E_SIZE, "bell.json: got 11 bytes, allowed are up to 10");
    snprintf(pipe, sizeof pipe, "%s/pipe", folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    refuse_read(pipe, AED_E_STATE, "pipe: not a file"); /* and does not wait for a writer */
    memset(far, 'd', sizeof far);
    strcpy(far + 300, "/bell.json");
    refuse_read(far, AED_E_STATE, "dd/bell.json: File name too long");
}

static void a_bank_in_a_file(void **state)
{
    aed_bank bank = {0}, kept;
    aed_chain chain;
    aed_error e = {.msg = ""};

    (void)state;
    assert_int_equal(aed_chain_parse(&chain, AED_CHAIN_DEFAULT, &e), AED_OK);
    assert_int_equal(aed_preset_init(&bank.now, &chain, 0, &e), AED_OK);
    bank.now.full[2] = 0.1;
    assert_int_equal(aed_bank_store(&bank, 5, &bank.now, &e), AED_OK);
    assert_int_equal(aed_bank_write(&bank, path, &e), AED_OK);
    bank.now.full[2] = 0.9;
    assert_int_equal(aed_bank_read(&bank, path, &e), AED_OK);
    assert_true(bank.now.full[2] == 0.1 && bank.slots[5]->full[2] == 0.1);

    memcpy(&kept, &bank, sizeof kept);
    write_text("{\"aed\": 1,\n}");
    assert_int_equal(aed_bank_read(&bank, path, &e), AED_E_ARG);
    assert_non_null(strstr(e.msg, "bell.json: line 2, column 1: string or '}' expected"));
    remove(path);
    assert_int_equal(aed_bank_read(&bank, path, &e), AED_E_STATE);
    assert_non_null(strstr(e.msg, "bell.json: No such file"));
    assert_memory_equal(&bank, &kept, sizeof kept);

    write_text("old");
    bank.now.full[2] = INFINITY;
    assert_int_equal(aed_bank_write(&bank, path, &e), AED_E_NONFINITE);
    assert_non_null(strstr(e.msg, "bell.json: preset: NaN or infinity"));
    assert_holds("old");
    aed_bank_close(&bank);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void a_name_without_an_ending_gets_one(void **state)
{
    (void)state;
    assert_string_equal(aed_file_ending("bell"), ".json");
    assert_string_equal(aed_file_ending("../bell"), ".json");
    assert_string_equal(aed_file_ending("./my.sounds/bell"), ".json");
    assert_string_equal(aed_file_ending("bell.json"), "");
    assert_string_equal(aed_file_ending("../bell.txt"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_replaced_whole),
        IN_FOLDER(permissions_and_links_stay),
        IN_FOLDER(what_is_in_the_way_stays),
        IN_FOLDER(an_unwritable_folder),
        IN_FOLDER(a_disk_that_is_full_in_the_middle),
        IN_FOLDER(what_cannot_be_read),
        IN_FOLDER(a_bank_in_a_file),
        cmocka_unit_test(a_name_without_an_ending_gets_one),
    };

    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
