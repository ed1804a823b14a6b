#include "fs/keep.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

/* --- which program answers ---------------------------------------------- */

static int add_build_id(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct buf *out = arg;

	/* The first is the program itself. */
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		const char *at =
			(const char *)info->dlpi_addr + header->p_vaddr;
		const char *end = at + header->p_memsz;

		if (header->p_type != PT_NOTE)
			continue;
		while ((size_t)(end - at) > sizeof(ElfW(Nhdr))) {
			const ElfW(Nhdr) *note = (const void *)at;
			size_t name = (note->n_namesz + 3) & ~3u;
			size_t body = (note->n_descsz + 3) & ~3u;

			at += sizeof(*note);
			if (name + body > (size_t)(end - at))
				break;
			if (note->n_type == NT_GNU_BUILD_ID &&
			    note->n_namesz == 4 && memcmp(at, "GNU", 4) == 0)
				buf_add(out, at + name, note->n_descsz);
			at += name + body;
		}
	}
	return 1;
}

/*
 * Another build may evaluate differently. What has no build id is a build like
 * no other: its time decides.
 */
static void add_program(struct buf *out)
{
	size_t before = out->len;

	dl_iterate_phdr(add_build_id, out);
	if (out->len == before)
		buf_add_text(out, __DATE__ __TIME__);
}

/* --- the name ----------------------------------------------------------- */

/* What evaluation reads of the environment without a trace of it. */
static void add_environment(struct buf *out)
{
	static const char *const prefixes[] = { "NIX_", "XDG_", "HOME=" };

	for (char **v = environ; *v; v++)
		for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes);
		     i++)
			if (strncmp(*v, prefixes[i], strlen(prefixes[i])) == 0)
				buf_add(out, *v, strlen(*v) + 1);
}

struct cache_site *keep_site(struct cache *cache,
			     const struct wire_start *start)
{
	struct wire_start same = *start;
	struct cache_site *site = NULL;
	struct buf name = BUF_INIT;
	char *folder;

	if (!cache || start->class == WIRE_FLAKE || start->overlay_len)
		return NULL;
	/* What decides whether there is an answer, not which. */
	same.generation = 0;
	same.eval_memory = 0;
	add_program(&name);
	wire_put_start(&name, &same);
	add_environment(&name);
	/* References may be relative to it. */
	folder = getcwd(NULL, 0);
	if (start->overrides_len && folder)
		buf_add_text(&name, folder);
	if (!name.failed)
		site = cache_site(cache, name.data, name.len);
	free(folder);
	buf_release(&name);
	return site;
}

/* Where the flakes of a repository are, its worker finds without a trace. */
bool keep_asks(const struct cache_site *site, enum wire_class class,
	       uint16_t op)
{
	if (!site)
		return false;
	if (class == WIRE_REPOSITORY)
		return op == WIRE_HOSTS;
	return op == WIRE_STAT || op == WIRE_LIST || op == WIRE_READ;
}

bool keep_takes(const struct cache_site *site, enum wire_class class,
		uint16_t op, int err, bool passing)
{
	if (!keep_asks(site, class, op) || passing)
		return false;
	switch (err) {
	case 0:
	case -ENOENT:
	case -ENODATA:
	case -EIO:
	case -ENOTDIR:
	case -EISDIR:
		return true;
	default:
		return false;
	}
}
