/*
 * nixfile.c - the Nix code that belongs to the evaluator
 *
 * The files lie in a source of their own, in memory, whose paths are shown as
 * "/derivation-internal.nix" and "/fetchurl.nix".
 */
#include "eval/nixfile.h"

#include <errno.h>
#include <string.h>

#include "eval/eval.h"
#include "eval/file.h"
#include "eval/source_private.h"

/*
 * Lines and columns are part of the interface: builtins.unsafeGetAttrPos
 * tells them, and NixOS puts what it tells into manuals. So outputs' names
 * must be at 49:5, outPath at 50:7, drvPath at 51:7, type at 52:7, outputName
 * at 53:15, all at 43:7 and drvAttrs at 44:15.
 *
 * The set may be asked for anything but a store path without its derivation
 * being computed, and the list of outputs only when an output is asked for.
 */
static const char derivation_text[] =
	"\n# A derivation: its arguments, and an attribute for each output.\n"
	"#\n# The store paths in it are computed when one is asked for.\n"
	"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n" /* line 29 */
	"drvAttrs@{ outputs ? [ \"out\" ], ... }:\n"	     /* 30 */
	"\n"
	"let\n"
	"\n"
	"  # Each output's path by its name, and drvPath: what it costs to "
	"compute\n"
	"  # a derivation is spent here.\n"
	"\n"
	"  strict = derivationStrict drvAttrs;\n" /* 37 */
	"\n"
	"  commonAttrs = # what all outputs' sets have alike\n"
	"    drvAttrs\n"
	"    // (builtins.listToAttrs outputsList)\n" /* 41 */
	"    // {\n"
	"      all = map (output: output.value) outputsList;\n" /* 43 */
	"      inherit drvAttrs;\n"
	"    };\n"
	"\n"
	"  describe = outputName: {\n"
	"    name = outputName;\n"
	"    value = commonAttrs // {\n" /* 49 */
	"      outPath = builtins.getAttr outputName strict;\n"
	"      drvPath = strict.drvPath;\n"
	"      type = \"derivation\";\n"
	"      inherit outputName;\n" /* 53 */
	"    };\n"
	"  };\n"
	"\n"
	"  outputsList = map describe outputs;\n"
	"\n"
	"in\n"
	"(builtins.head outputsList).value\n"; /* 60 */

/*
 * <nix/fetchurl.nix>: a derivation that Nix itself builds, by downloading. Its
 * attributes, down to impureEnvVars which do nothing, make its hash.
 */
static const char fetchurl_text[] =
	"{ url\n"
	", hash ? \"\"\n"
	", sha512 ? \"\", sha256 ? \"\", sha1 ? \"\", md5 ? \"\"\n"
	", outputHash ?\n"
	"    if hash != \"\" then hash\n"
	"    else if sha512 != \"\" then sha512\n"
	"    else if sha1 != \"\" then sha1\n"
	"    else if md5 != \"\" then md5\n"
	"    else sha256\n"
	", outputHashAlgo ?\n"
	"    if hash != \"\" then \"\"\n"
	"    else if sha512 != \"\" then \"sha512\"\n"
	"    else if sha1 != \"\" then \"sha1\"\n"
	"    else if md5 != \"\" then \"md5\"\n"
	"    else \"sha256\"\n"
	", name ? baseNameOf (toString url)\n"
	", executable ? false, unpack ? false, impure ? false\n"
	", system ? \"\" # no longer looked at\n"
	"}:\n"
	"\n"
	"let\n"
	"  proxies = map (p: p + \"_proxy\")\n"
	"    [ \"http\" \"https\" \"ftp\" \"all\" \"no\" ];\n"
	"  result =\n"
	"    if impure then { __impure = true; }\n"
	"    else { inherit outputHash outputHashAlgo; };\n"
	"in\n"
	"derivation (result // {\n"
	"  inherit name url executable unpack;\n"
	"  urls = [ url ];\n"
	"  system = \"builtin\";\n"
	"  builder = \"builtin:fetchurl\";\n"
	"  outputHashMode =\n"
	"    if executable || unpack then \"recursive\" else \"flat\";\n"
	"  preferLocalBuild = true;\n"
	"  impureEnvVars = proxies;\n"
	"})\n";

/*
 * From what a .drv file says to what derivation gives: a set for each output,
 * the first of them.
 */
static const char imported_text[] =
	"drv:\n"
	"let\n"
	"  all = map describe drv.outputs;\n"
	"  common = builtins.listToAttrs all // {\n"
	"    inherit (drv) drvPath name;\n"
	"    all = map (output: output.value) all;\n"
	"    type = \"derivation\";\n"
	"  };\n"
	"  describe = outputName: {\n"
	"    name = outputName;\n"
	"    value = common // {\n"
	"      inherit outputName;\n"
	"      outPath = drv.${outputName};\n"
	"    };\n"
	"  };\n"
	"in\n"
	"(builtins.head all).value\n";

static const struct nixfile {
	const char *path;
	const char *text;
	size_t len;
} nixfiles[] = {
	{ "/derivation-internal.nix", derivation_text,
	  sizeof(derivation_text) - 1 },
	{ "/fetchurl.nix", fetchurl_text, sizeof(fetchurl_text) - 1 },
};

static const struct nixfile *find(const char *path)
{
	for (size_t i = 0; i < sizeof(nixfiles) / sizeof(*nixfiles); i++)
		if (!strcmp(path, nixfiles[i].path))
			return &nixfiles[i];
	return NULL;
}

static int nixfile_stat(struct eval *ev, struct source *source,
			const char *path, struct source_stat *out)
{
	const struct nixfile *file = find(path);

	*out = (struct source_stat){ .type = SOURCE_MISSING };
	if (file) {
		out->type = SOURCE_REGULAR;
		out->size = file->len;
	} else if (!path[1]) {
		out->type = SOURCE_DIRECTORY;
	}
	return 0;
}

static int nixfile_read(struct eval *ev, struct source *source,
			const char *path, const struct source_stat *st,
			void *(*room)(void *arg, size_t size), void *arg,
			size_t *len)
{
	const struct nixfile *file = find(path);
	void *to = room(arg, file->len + 1);

	if (!to)
		return -ENOMEM;
	memcpy(to, file->text, file->len);
	*len = file->len;
	return 0;
}

static int nixfile_list(struct eval *ev, struct source *source,
			const char *path,
			int (*add)(void *arg, const char *name, size_t len,
				   enum source_type type),
			void *arg)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(nixfiles) / sizeof(*nixfiles);
	     i++)
		err = add(arg, nixfiles[i].path + 1,
			  strlen(nixfiles[i].path + 1), SOURCE_REGULAR);
	return err;
}

static int nixfile_readlink(struct eval *ev, struct source *source,
			    const char *path, char *buffer, size_t room)
{
	return -EINVAL;
}

static value nixfile_missing(struct eval *ev, pos_t pos, struct source *source,
			     const char *path)
{
	return eval_fail(ev, ERROR_IO, pos, "path '<nix%s>' does not exist",
			 path);
}

static const struct source_ops nixfile_ops = {
	.stat = nixfile_stat,
	.read = nixfile_read,
	.list = nixfile_list,
	.readlink = nixfile_readlink,
	.missing = nixfile_missing,
};

bool nixfile_is_source(const struct source *source)
{
	return source->ops == &nixfile_ops;
}

/* The source, made when first asked for. */
static struct source *nixfile_source(struct eval *ev)
{
	struct source_set *set = source_set_of(ev);
	struct source *source;

	/* "/" is first: its number is 0. */
	if (!set || !source_root(ev))
		return NULL;
	for (uint32_t i = 0; i < set->count; i++)
		if (nixfile_is_source(set->sources[i]))
			return set->sources[i];
	source = source_new(ev, &nixfile_ops, "<nix>", NULL);
	if (source) {
		source->prefix = "";
		source->prefix_len = 0;
	}
	return source;
}

/* What text evaluates to. path: NULL, if it is to be in no file. */
static value evaluate(struct eval *ev, const char *text, size_t len,
		      struct path *path, struct path *base, const char *name)
{
	struct file *parsed = file_parse(ev, text, len, path, base, name, NULL);
	value v;

	if (!parsed || !parsed->expr)
		return 0;
	v = value_new_thunk(ev, parsed->expr, NULL);
	return v ? value_force(ev, &v) : 0;
}

value nixfile_derivation(struct eval *ev)
{
	static const char name[] =
		"\u00abnix-internal\u00bb/derivation-internal.nix";
	const struct nixfile *file = &nixfiles[0];
	value path = nixfile_path(ev, file->path, strlen(file->path));

	return path ? evaluate(ev, file->text, file->len, value_path(path),
			       value_path(path), name)
		    : 0;
}

value nixfile_imported(struct eval *ev)
{
	struct path *root = source_path(ev, "/", 1);

	return root ? evaluate(ev, imported_text, sizeof(imported_text) - 1,
			       NULL, root, "\u00abstring\u00bb")
		    : 0;
}

value nixfile_path(struct eval *ev, const char *name, size_t len)
{
	struct source *source = nixfile_source(ev);
	struct path root = { .source = source };
	struct path *path;

	if (!source)
		return 0;
	path = source_join(ev, &root, name, len);
	return path ? value_new_path(ev, path->source, path->bytes, path->len)
		    : 0;
}
