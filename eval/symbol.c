#include "eval/symbol.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "eval/value.h"

/*
 * Every symbol is a struct string that is never freed: symbol_string() gives
 * it away as a value, so its bytes, length and number are all in one place.
 * They lie in large pieces of memory, one behind the other.
 */
#define PIECE_SIZE ((size_t)1 << 18)
#define FIRST_SLOTS ((size_t)1 << 14)

/* An entry of the hash table: the upper half of the hash, and the symbol;
 * symbol 0 is an empty entry. */
struct slot {
	uint32_t hash;
	symbol sym;
};

static struct {
	struct slot *slots;
	size_t mask;		 /* number of slots - 1; at most half in use */
	struct string **strings; /* by symbol */
	uint32_t len, room;	 /* of strings */
	char *piece, *piece_end;
} table;

static inline uint64_t load64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t load32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Names are short: most are hashed by two overlapping loads. */
static inline uint64_t hash_bytes(const char *p, size_t len)
{
	uint64_t a, b, h = 0x9e3779b97f4a7c15u ^ len;

	while (len > 16) {
		h = mix(h ^ load64(p), 0xa0761d6478bd642fu ^ load64(p + 8));
		p += 16;
		len -= 16;
	}
	if (len >= 8) {
		a = load64(p);
		b = load64(p + len - 8);
	} else if (len >= 4) {
		a = load32(p);
		b = load32(p + len - 4);
	} else if (len) {
		a = (uint64_t)(unsigned char)p[0] << 16 |
		    (uint64_t)(unsigned char)p[len >> 1] << 8 |
		    (unsigned char)p[len - 1];
		b = 0;
	} else {
		a = b = 0;
	}
	return mix(h ^ a, 0xe7037ed1a0b428dbu ^ b);
}

static int grow_slots(void)
{
	size_t count = table.slots ? (table.mask + 1) * 2 : FIRST_SLOTS;
	struct slot *slots = calloc(count, sizeof(*slots));
	symbol sym;

	if (!slots)
		return -1;
	for (sym = 1; sym < table.len; sym++) {
		const struct string *s = table.strings[sym];
		uint64_t hash = hash_bytes(s->bytes, s->len);
		size_t i = hash & (count - 1);

		while (slots[i].sym)
			i = (i + 1) & (count - 1);
		slots[i] = (struct slot){ (uint32_t)(hash >> 32), sym };
	}
	free(table.slots);
	table.slots = slots;
	table.mask = count - 1;
	return 0;
}

static int grow_strings(void)
{
	uint32_t room = table.room ? table.room * 2 : FIRST_SLOTS / 2;
	struct string **strings;

	if (room <= table.room)
		return -1; /* 2^31 of them */
	strings = realloc(table.strings, room * sizeof(*strings));
	if (!strings)
		return -1;
	table.strings = strings;
	table.room = room;
	if (!table.len) {
		strings[0] = NULL;
		table.len = 1;
	}
	return 0;
}

static struct string *new_string(const char *bytes, size_t len)
{
	size_t size = (sizeof(struct string) + len + 1 + 7) & ~(size_t)7;
	struct string *s;

	if (size > (size_t)(table.piece_end - table.piece)) {
		size_t piece = size > PIECE_SIZE ? size : PIECE_SIZE;

		table.piece = malloc(piece);
		table.piece_end = table.piece ? table.piece + piece : NULL;
		if (!table.piece)
			return NULL;
	}
	s = (struct string *)table.piece;
	table.piece += size;
	s->len = (uint32_t)len;
	s->context = NULL;
	if (len)
		memcpy(s->bytes, bytes, len);
	s->bytes[len] = '\0';
	return s;
}

/* Where the symbol of these bytes is, or the empty slot where it belongs. */
static inline struct slot *find_slot(uint64_t hash, const char *bytes,
				     size_t len)
{
	size_t i = hash & table.mask;

	for (;; i = (i + 1) & table.mask) {
		struct slot *slot = &table.slots[i];
		const struct string *s;

		if (!slot->sym)
			return slot;
		if (slot->hash != (uint32_t)(hash >> 32))
			continue;
		s = table.strings[slot->sym];
		if (s->len == len && (!len || !memcmp(s->bytes, bytes, len)))
			return slot;
	}
}

symbol symbol_intern(const char *bytes, size_t len)
{
	uint64_t hash;
	struct slot *slot;
	struct string *s;

	if (len > UINT32_MAX - sizeof(*s) - 8)
		return 0;
	if (!table.slots && grow_slots() < 0)
		return 0;
	hash = hash_bytes(bytes, len);
	slot = find_slot(hash, bytes, len);
	if (slot->sym)
		return slot->sym;

	if (table.len == table.room && grow_strings() < 0)
		return 0;
	if (table.len > table.mask / 2) {
		if (grow_slots() < 0)
			return 0;
		slot = find_slot(hash, bytes, len);
	}
	s = new_string(bytes, len);
	if (!s)
		return 0;
	s->sym = table.len++;
	table.strings[s->sym] = s;
	*slot = (struct slot){ (uint32_t)(hash >> 32), s->sym };
	return s->sym;
}

symbol symbol_of(const char *text)
{
	return symbol_intern(text, strlen(text));
}

symbol symbol_find(const char *bytes, size_t len)
{
	if (!table.slots)
		return 0;
	return find_slot(hash_bytes(bytes, len), bytes, len)->sym;
}

const char *symbol_bytes(symbol sym)
{
	assert(sym && sym < table.len);
	return table.strings[sym]->bytes;
}

size_t symbol_len(symbol sym)
{
	assert(sym && sym < table.len);
	return table.strings[sym]->len;
}

uint64_t symbol_string(symbol sym)
{
	assert(sym && sym < table.len);
	return value_of(table.strings[sym], TAG_STRING);
}

int symbol_compare(symbol a, symbol b)
{
	const struct string *x = table.strings[a], *y = table.strings[b];
	size_t len = x->len < y->len ? x->len : y->len;
	int order = len ? memcmp(x->bytes, y->bytes, len) : 0;

	if (order)
		return order;
	return (x->len > y->len) - (x->len < y->len);
}

/*
 * What Nix 2.34 interns after that and before it parses: its globals and
 * builtins, and what its own derivation.nix has. In the order in which
 * comparing two sets with all these attributes looks at them.
 */
/* clang-format off */
static const char *const nix_names[] = {
	"true", "false", "null", "__currentTime", "currentTime",
	"__currentSystem", "currentSystem", "__nixVersion",
	"nixVersion", "__storeDir", "storeDir", "__langVersion",
	"langVersion", "__traceVerbose", "traceVerbose", "nixPath",
	"scopedImport", "import", "__typeOf", "typeOf", "isNull",
	"__isFunction", "isFunction", "__isInt", "isInt", "__isFloat",
	"isFloat", "__isString", "isString", "__isBool", "isBool",
	"__isPath", "isPath", "__genericClosure", "genericClosure",
	"break", "abort", "throw", "__addErrorContext",
	"addErrorContext", "__ceil", "ceil", "__floor", "floor",
	"__tryEval", "tryEval", "__getEnv", "getEnv", "__seq", "seq",
	"__deepSeq", "deepSeq", "__trace", "trace", "__warn", "warn",
	"derivationStrict", "placeholder", "__toPath", "toPath",
	"__storePath", "storePath", "__pathExists", "pathExists",
	"baseNameOf", "dirOf", "__readFile", "readFile", "findFile",
	"__hashFile", "hashFile", "__readFileType", "readFileType",
	"__readDir", "readDir", "__toXML", "toXML", "__toJSON",
	"toJSON", "__fromJSON", "fromJSON", "__toFile", "toFile",
	"__filterSource", "filterSource", "__path", "__attrNames",
	"attrNames", "__attrValues", "attrValues", "__getAttr",
	"getAttr", "__unsafeGetAttrPos", "unsafeGetAttrPos",
	"__hasAttr", "hasAttr", "__isAttrs", "isAttrs", "removeAttrs",
	"__listToAttrs", "listToAttrs", "__intersectAttrs",
	"intersectAttrs", "__catAttrs", "catAttrs", "__functionArgs",
	"functionArgs", "__mapAttrs", "mapAttrs", "__zipAttrsWith",
	"zipAttrsWith", "__isList", "isList", "__elemAt", "elemAt",
	"__head", "head", "__tail", "tail", "map", "__filter",
	"filter", "__elem", "elem", "__concatLists", "concatLists",
	"__length", "length", "__foldl'", "foldl'", "__any", "any",
	"__all", "all", "__genList", "genList", "__sort", "sort",
	"__partition", "partition", "__groupBy", "groupBy",
	"__concatMap", "concatMap", "__add", "add", "sub", "mul",
	"div", "__bitAnd", "bitAnd", "__bitOr", "bitOr", "__bitXor",
	"bitXor", "lessThan", "toString", "__substring", "substring",
	"__stringLength", "stringLength", "__hashString", "hashString",
	"__convertHash", "convertHash", "__match", "match", "__split",
	"split", "__concatStringsSep", "concatStringsSep",
	"__replaceStrings", "replaceStrings", "__parseDrvName",
	"parseDrvName", "__compareVersions", "compareVersions",
	"__splitVersion", "splitVersion",
	"__unsafeDiscardStringContext", "unsafeDiscardStringContext",
	"__hasContext", "hasContext",
	"__unsafeDiscardOutputDependency",
	"unsafeDiscardOutputDependency", "__addDrvOutputDependencies",
	"addDrvOutputDependencies", "__getContext", "getContext",
	"__appendContext", "appendContext", "fetchMercurial",
	"fetchTree", "__fetchurl", "fetchurl", "fetchTarball",
	"fetchGit", "fromTOML", "__getFlake", "getFlake",
	"__parseFlakeRef", "parseFlakeRef", "__flakeRefToString",
	"flakeRefToString", "derivation", "strict", "drvAttrs",
	"commonAttrs", "outputsList", "x", "outputToAttrListElement",
};
/* clang-format on */

/* Before main, so that SYM_name can be printed and compared from the start. */
__attribute__((constructor)) static void intern_known_names(void)
{
	static const char *const names[] = {
#define SYM(identifier, text) [SYM_##identifier] = text,
		SYMBOL_LIST(SYM)
#undef SYM
	};
	symbol i;

	for (i = 1; i < SYM_first_free; i++)
		if (symbol_intern(names[i], strlen(names[i])) != i)
			abort(); /* no memory for 50 names, at start-up */
	for (i = 0; i < sizeof(nix_names) / sizeof(*nix_names); i++)
		symbol_of(nix_names[i]);
}
