/*
 * options.c - the command line of the mount
 *
 *     flakefs REPO MOUNTPOINT [-f] [-d] [-s] [-o option[,option...]]
 *
 * as other FUSE programs and mount(8)'s helpers have it.
 */
#include "fs/options.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/cache.h"

enum key {
	KEY_HELP,
	KEY_VERSION,
	KEY_RO,
	KEY_RW,
	KEY_IGNORE,
	KEY_REMOUNT,
	KEY_ALLOW_OTHER,
	KEY_HOSTS,
	KEY_OVERRIDE,
	KEY_DEBUG,
};

#define OPTION(text, field)                                                    \
	{                                                                      \
		text, offsetof(struct options, field), 1                       \
	}

static const struct fuse_opt specs[] = {
	OPTION("-f", foreground),
	FUSE_OPT_KEY("-d", KEY_DEBUG),
	FUSE_OPT_KEY("debug", KEY_DEBUG),
	OPTION("-s", single),
	FUSE_OPT_KEY("-h", KEY_HELP),
	FUSE_OPT_KEY("--help", KEY_HELP),
	FUSE_OPT_KEY("-V", KEY_VERSION),
	FUSE_OPT_KEY("--version", KEY_VERSION),
	FUSE_OPT_KEY("ro", KEY_RO),
	FUSE_OPT_KEY("rw", KEY_RW),
	FUSE_OPT_KEY("remount", KEY_REMOUNT),
	FUSE_OPT_KEY("allow_other", KEY_ALLOW_OTHER),
	FUSE_OPT_KEY("hosts=", KEY_HOSTS),
	FUSE_OPT_KEY("override-input=", KEY_OVERRIDE),
	OPTION("nixpkgs=%s", nixpkgs),
	OPTION("reference-lock-file=%s", reference_lock),
	OPTION("realise", realise),
	OPTION("rev=%s", revision),
	OPTION("system=%s", system),
	OPTION("author=%s", author),
	OPTION("git=%s", git),
	OPTION("eval_memory=%s", eval_memory),
	OPTION("eval_timeout=%u", eval_timeout),
	OPTION("cache-size=%s", cache_size),
	OPTION("no-cache", no_cache),
	OPTION("idle=%u", idle),
	OPTION("max_threads=%u", max_threads),
	OPTION("pure", pure),
	OPTION("impure", impure),
	/* Of mount(8) and fstab(5), or what we never want. */
	FUSE_OPT_KEY("nofail", KEY_IGNORE),
	FUSE_OPT_KEY("_netdev", KEY_IGNORE),
	FUSE_OPT_KEY("auto", KEY_IGNORE),
	FUSE_OPT_KEY("noauto", KEY_IGNORE),
	FUSE_OPT_KEY("user", KEY_IGNORE),
	FUSE_OPT_KEY("users", KEY_IGNORE),
	FUSE_OPT_KEY("nouser", KEY_IGNORE),
	FUSE_OPT_KEY("owner", KEY_IGNORE),
	FUSE_OPT_KEY("group", KEY_IGNORE),
	FUSE_OPT_KEY("defaults", KEY_IGNORE),
	FUSE_OPT_KEY("dev", KEY_IGNORE),
	FUSE_OPT_KEY("suid", KEY_IGNORE),
	FUSE_OPT_KEY("exec", KEY_IGNORE),
	FUSE_OPT_END,
};

/* NULL-safe growth of the two lists, whose lengths are in tree.workers.start.
 */
static int add_hosts(struct options *options, const char *glob)
{
	struct wire_start *start = &options->tree.workers.start;
	struct wire_text *hosts = reallocarray(
		options->hosts, start->hosts_len + 1, sizeof(*hosts));
	char *copy = strdup(glob);

	if (hosts)
		options->hosts = hosts;
	if (!hosts || !copy) {
		free(copy);
		return -1;
	}
	hosts[start->hosts_len++] = wire_text(copy);
	return 0;
}

/* What follows prefix in text, if that is a path that exists, becomes absolute:
 * the daemon has another current folder. text is freed, or returned. */
static char *make_absolute(char *text, const char *prefix)
{
	size_t len = strlen(prefix);
	char *real, *whole;

	if (strncmp(text, prefix, len) != 0)
		return text;
	real = realpath(text + len, NULL);
	if (!real || asprintf(&whole, "%s%s", prefix, real) < 0) {
		free(real);
		return text;
	}
	free(real);
	free(text);
	return whole;
}

/* NAME=REFERENCE, where a reference may be a path: "./x", "path:x". */
static char *override_text(const char *text, size_t name)
{
	char *copy = strndup(text, name + 1), *whole = NULL;
	char *reference = strdup(text + name + 1);

	if (reference && strncmp(reference, "path:", 5) == 0)
		reference = make_absolute(reference, "path:");
	else if (reference && (reference[0] == '.' || reference[0] == '/'))
		reference = make_absolute(reference, "");
	if (copy && reference && asprintf(&whole, "%s%s", copy, reference) < 0)
		whole = NULL;
	free(copy);
	free(reference);
	return whole;
}

static int add_override(struct options *options, const char *text)
{
	struct wire_start *start = &options->tree.workers.start;
	const char *equals = strchr(text, '=');
	struct wire_override *overrides;
	char *copy;

	if (!equals || equals == text || !equals[1]) {
		fprintf(stderr,
			"flakefs: override-input=%s: must be "
			"override-input=NAME=REFERENCE\n",
			text);
		return -1;
	}
	overrides = reallocarray(options->overrides, start->overrides_len + 1,
				 sizeof(*overrides));
	copy = override_text(text, (size_t)(equals - text));
	if (overrides)
		options->overrides = overrides;
	if (!overrides || !copy) {
		free(copy);
		return -1;
	}
	overrides[start->overrides_len].input =
		(struct wire_text){ copy, (size_t)(equals - text) };
	overrides[start->overrides_len].reference =
		wire_text(copy + (equals - text) + 1);
	start->overrides_len++;
	return 0;
}

static int take_argument(struct options *options, const char *text)
{
	if (!options->repository) {
		options->repository = strdup(text);
		return options->repository ? 0 : -1;
	}
	if (!options->mountpoint) {
		options->mountpoint = strdup(text);
		return options->mountpoint ? 0 : -1;
	}
	if (!options->mount && !options->value) {
		options->value = strdup(text);
		return options->value ? 0 : -1;
	}
	fprintf(stderr, "flakefs: '%s' is one argument too many\n", text);
	return -1;
}

struct parsing {
	struct options options; /* first: fuse_opt stores through offsets */
	enum options_action action;
};

static int take(void *data, const char *text, int key, struct fuse_args *args)
{
	struct parsing *parsing = data;
	struct options *options = &parsing->options;

	switch (key) {
	case FUSE_OPT_KEY_NONOPT:
		return take_argument(options, text);
	case KEY_HELP:
		parsing->action = OPTIONS_HELP;
		return 0;
	case KEY_VERSION:
		parsing->action = OPTIONS_VERSION;
		return 0;
	case KEY_RO:
		options->tree.read_only = true;
		return 1;
	case KEY_RW:
		options->tree.read_only = false;
		return 0;
	case KEY_REMOUNT:
		options->remount = true;
		return 0;
	case KEY_ALLOW_OTHER:
		options->allow_other = true;
		return 1;
	case KEY_DEBUG:
		options->debug = options->foreground = true;
		return 1;
	case KEY_HOSTS:
		return add_hosts(options, strchr(text, '=') + 1);
	case KEY_OVERRIDE:
		return add_override(options, strchr(text, '=') + 1);
	case KEY_IGNORE:
		return 0;
	case FUSE_OPT_KEY_OPT:
		/* x-systemd.automount and its like, and fstab's comment=. */
		if (strncmp(text, "x-", 2) == 0 ||
		    strncmp(text, "X-", 2) == 0 ||
		    strncmp(text, "comment=", 8) == 0)
			return 0;
		return 1;
	}
	return 1;
}

/* Half of the machine's memory: one evaluation that runs wild must not take
 * everybody else's. */
static uint64_t default_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size / 2 : 0;
}

/* "512M", "4G": bytes. False if it makes no sense. */
static bool parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	int shift = 0;

	errno = 0;
	*size = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-')
		return false;
	if (*end) {
		unit = strchr(units, *end & ~0x20);
		if (!unit || end[1])
			return false;
		shift = 10 * (int)(unit - units + 1);
	}
	if (*size > UINT64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

static bool is_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 &&
	       (path[len] == '/' || !path[len]);
}

static int finish(struct options *options)
{
	struct wire_start *start = &options->tree.workers.start;
	struct stat st;
	char *real;

	if (!options->repository || (options->mount && !options->mountpoint)) {
		fprintf(stderr,
			"flakefs: a repository%s needed; see flakefs --help\n",
			options->mount ? " and a mount point are" : " is");
		return -1;
	}
	/* What is left after the program's name would be libfuse's. */
	if (!options->mount && options->args.argc > 1) {
		fprintf(stderr, "flakefs: unknown option %s\n",
			options->args.argv[options->args.argc - 1]);
		return -1;
	}
	real = realpath(options->repository, NULL);
	if (!real || stat(real, &st) < 0 || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, "flakefs: %s: %s\n", options->repository,
			real ? strerror(ENOTDIR) : strerror(errno));
		free(real);
		return -1;
	}
	free(options->repository);
	options->repository = real;
	if (!options->eval_memory)
		start->eval_memory = default_memory();
	if (options->eval_memory &&
	    !parse_size(options->eval_memory, &start->eval_memory)) {
		fprintf(stderr,
			"flakefs: eval_memory=%s: must be a number of bytes, "
			"or with K, M, G or T\n",
			options->eval_memory);
		return -1;
	}
	if (options->cache_size &&
	    !parse_size(options->cache_size, &options->tree.cache_size)) {
		fprintf(stderr,
			"flakefs: cache-size=%s: must be a number of bytes, "
			"or with K, M, G or T\n",
			options->cache_size);
		return -1;
	}
	if (!options->no_cache && options->tree.cache_size)
		options->cache_folder = cache_folder();
	options->tree.cache_folder = options->cache_folder;
	if (options->eval_timeout < 1 || options->eval_timeout > 86400) {
		fprintf(stderr, "flakefs: eval_timeout= must be from 1 to "
				"86400 seconds\n");
		return -1;
	}

	start->purity = options->pure	  ? WIRE_PURE
			: options->impure ? WIRE_IMPURE
					  : WIRE_AUTO;
	start->realise = options->realise != 0;
	start->repository = wire_text(options->repository);
	start->revision = wire_text(options->revision);
	if (options->nixpkgs)
		options->nixpkgs = make_absolute(options->nixpkgs, "");
	start->nixpkgs = wire_text(options->nixpkgs);
	if (options->reference_lock)
		options->reference_lock =
			make_absolute(options->reference_lock, "");
	start->reference_lock = wire_text(options->reference_lock);
	start->system = wire_text(options->system);
	start->hosts = options->hosts;
	start->overrides = options->overrides;
	options->tree.workers.eval_timeout = options->eval_timeout;
	options->tree.workers.idle = options->idle;
	options->tree.author = options->author;
	if (options->git && strcmp(options->git, "program") != 0 &&
	    strcmp(options->git, "libgit2") != 0) {
		fprintf(stderr,
			"flakefs: git=%s: must be git=program or "
			"git=libgit2\n",
			options->git);
		return -1;
	}
	options->tree.git_program =
		options->git && strcmp(options->git, "program") == 0;
	/* A revision never changes. */
	if (options->revision)
		options->tree.read_only = true;
	return 0;
}

/* After the mount point of a dead daemon was cleared away. */
int options_check_mountpoint(struct options *options)
{
	char *real = realpath(options->mountpoint, NULL);
	struct stat st;

	if (!real || stat(real, &st) < 0 || !S_ISDIR(st.st_mode)) {
		fprintf(stderr, "flakefs: %s: %s\n", options->mountpoint,
			real ? strerror(ENOTDIR) : strerror(errno));
		free(real);
		return -1;
	}
	free(options->mountpoint);
	options->mountpoint = real;
	if (is_inside(real, options->repository)) {
		fprintf(stderr,
			"flakefs: %s is inside of the repository %s: the mount "
			"would be evaluated itself\n",
			real, options->repository);
		return -1;
	}
	return 0;
}

enum options_action options_parse(struct options *options, int argc,
				  char **argv, bool mount)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct parsing parsing = {
		.options = { .eval_timeout = 60,
			     .idle = 600,
			     .max_threads = 500,
			     .tree = { .cache_size = CACHE_SIZE },
			     .mount = mount },
		.action = OPTIONS_MOUNT,
	};

	if (fuse_opt_parse(&args, &parsing, specs, take) < 0)
		parsing.action = OPTIONS_WRONG;
	*options = parsing.options;
	options->args = args;
	if (parsing.action == OPTIONS_MOUNT && finish(options) < 0)
		return OPTIONS_WRONG;
	return parsing.action;
}

void options_release(struct options *options)
{
	struct wire_start *start = &options->tree.workers.start;

	for (size_t i = 0; i < start->hosts_len; i++)
		free((char *)options->hosts[i].bytes);
	for (size_t i = 0; i < start->overrides_len; i++)
		free((char *)options->overrides[i].input.bytes);
	free(options->hosts);
	free(options->overrides);
	free(options->repository);
	free(options->mountpoint);
	free(options->value);
	free(options->revision);
	free(options->nixpkgs);
	free(options->reference_lock);
	free(options->system);
	free(options->author);
	free(options->git);
	free(options->eval_memory);
	free(options->cache_size);
	free(options->cache_folder);
	fuse_opt_free_args(&options->args);
}

void options_help(void)
{
	printf("usage: flakefs REPOSITORY MOUNTPOINT [options]\n"
	       "       flakefs ls REPOSITORY [PATH] [options]\n"
	       "       flakefs cat REPOSITORY PATH [options]\n"
	       "       flakefs set REPOSITORY PATH VALUE [options]\n"
	       "\n"
	       "Mount the evaluated configuration of a NixOS repository.\n"
	       "\n"
	       "    -f                     stay in the foreground\n"
	       "    -d, -o debug           the same, and show every request\n"
	       "    -s                     one request at a time\n"
	       "    -h, --help             this text\n"
	       "    -V, --version          versions\n"
	       "    -o ro                  never change the repository\n"
	       "    -o allow_other         let other users read\n"
	       "    -o hosts=GLOB          the hosts' files, in a repository\n"
	       "                           without flakes (may be repeated)\n"
	       "    -o nixpkgs=PATH        what <nixpkgs> is\n"
	       "    -o override-input=NAME=REFERENCE\n"
	       "                           take a flake's input from "
	       "elsewhere\n"
	       "    -o reference-lock-file=PATH\n"
	       "                           use it instead of flake.lock\n"
	       "    -o realise             let nix-store build what evaluation "
	       "reads\n"
	       "    -o rev=REVISION        show this revision\n"
	       "    -o pure, -o impure     as nix's --pure-eval and --impure\n"
	       "    -o system=SYSTEM       builtins.currentSystem\n"
	       "    -o eval_timeout=SECONDS  for one value (60)\n"
	       "    -o eval_memory=SIZE    for one host: 512M, 4G (half of "
	       "what\n"
	       "                           there is); 0: no limit\n"
	       "    -o idle=SECONDS        keep a host's evaluation (600)\n"
	       "    -o cache-size=SIZE     of what is kept on disk (1G)\n"
	       "    -o no-cache            keep nothing on disk\n"
	       "    -o author='NAME <MAIL>'  of the commits that writes make\n"
	       "    -o git=program         let git make them: for hooks, "
	       "signing\n"
	       "\n"
	       "To unmount: fusermount3 -u MOUNTPOINT, or umount "
	       "MOUNTPOINT.\n");
}
