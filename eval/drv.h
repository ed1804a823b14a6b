/*
 * drv.h - a derivation, and the text that stands for it in a .drv file
 *
 *     Derive([("out","/nix/store/...","","")],             outputs
 *            [("/nix/store/....drv",["dev","out"])],       input derivations
 *            ["/nix/store/..."],                           input sources
 *            "x86_64-linux","/bin/sh",["-c","..."],        system builder args
 *            [("name","value")])                           environment
 *
 * without the white space. An output's last two fields are the hash type ("r:"
 * before it for a NAR hash) and the hash in base 16 of a fixed output, and
 * empty otherwise. In strings \" \\ \n \r \t are escapes. All but the arguments
 * is sorted bytewise.
 *
 * A struct drv borrows the bytes of its strings, which must live as long as it
 * does, and owns its arrays (and, once parsed, what was unescaped).
 */
#ifndef EVAL_DRV_H
#define EVAL_DRV_H

#include "eval/storepath.h"

enum drv_output_kind {
	DRV_DEFERRED, /* its path is still to be computed */
	DRV_INPUT,    /* path depends on what the derivation is made from */
	DRV_FIXED,    /* path depends on the contents' hash alone */
};

struct drv_output {
	struct storepath_text name;
	enum drv_output_kind kind;
	enum storepath_method method; /* DRV_FIXED */
	struct hash hash;	      /* DRV_FIXED */
	struct storepath path;	      /* but for DRV_DEFERRED */
};

/* One output of one derivation; output.bytes is NULL for "none of them". */
struct drv_input {
	struct storepath_text path;
	struct storepath_text output;
};

struct drv_env {
	struct storepath_text name;
	struct storepath_text value;
};

struct drv {
	struct storepath_text name; /* without .drv */
	struct storepath_text system;
	struct storepath_text builder;
	struct drv_output *outputs;
	struct drv_input *inputs;
	struct storepath_text *sources;
	struct storepath_text *args;
	struct drv_env *env;
	size_t noutputs, ninputs, nsources, nargs, nenv;
	bool failed; /* memory ran out in one of drv_add_...() */
	char *owned; /* what drv_parse() unescaped */
};

void drv_init(struct drv *drv, const char *name, size_t len);
void drv_release(struct drv *drv);

/*
 * Add at the end, in any order and as often as is convenient: drv_sort() puts
 * it right. Memory running out is remembered in drv->failed.
 */
void drv_add_output(struct drv *drv, const char *name, size_t len);
void drv_add_fixed_output(struct drv *drv, enum storepath_method method,
			  const struct hash *hash);
void drv_add_input(struct drv *drv, const char *path, size_t len,
		   const char *output, size_t output_len);
void drv_add_source(struct drv *drv, const char *path, size_t len);
void drv_add_arg(struct drv *drv, const char *arg, size_t len);
void drv_add_env(struct drv *drv, const char *name, size_t name_len,
		 const char *value, size_t len);

/* Sort all but the arguments, and keep one of what is there twice. */
void drv_sort(struct drv *drv);

/* Add to or change the environment of a sorted derivation. */
void drv_set_env(struct drv *drv, struct storepath_text name,
		 struct storepath_text value);

bool drv_has_output(const struct drv *drv, struct storepath_text name);

/* Where the input derivations are in a printed text: the list's inside. */
struct drv_span {
	size_t begin, end;
};

/*
 * Add the .drv text of a sorted derivation to out. mask leaves the output
 * paths empty, in the environment too. inputs may be NULL.
 */
void drv_print(const struct drv *drv, bool mask, struct buf *out,
	       struct drv_span *inputs);

/* Add what stands in that list for sorted inputs. */
void drv_print_inputs(const struct drv_input *inputs, size_t n,
		      struct buf *out);

/*
 * Read the text of a .drv file into drv, which is not initialised yet; name is
 * the derivation's, and text must outlive drv. Returns 0, or -1 with Nix's
 * message in err; then drv needs no release.
 */
int drv_parse(struct drv *drv, const char *name, size_t name_len,
	      const char *text, size_t len, struct buf *err);

/* Compare as std::string does: bytes, then length. */
int drv_compare(struct storepath_text a, struct storepath_text b);

#endif
