/* toml_parse.c - the lines, keys and tables of TOML */
#include <stdlib.h>
#include <string.h>

#include "eval/toml_private.h"

static void skip_blanks(struct toml_parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

static bool skip_newline(struct toml_parser *p)
{
	int len = toml_newline(p->at);

	p->at += len;
	return len > 0;
}

static bool at_end(const struct toml_parser *p)
{
	return p->at >= p->end;
}

/* Where a comment that begins at at ends: at the first character that no
 * comment may hold, which should be a newline. */
static const char *comment_end(const char *at)
{
	for (;; at++) {
		unsigned char c = *at;

		if (c == '\t' || (c >= 0x20 && c < 0x7f))
			continue;
		if (!toml_utf8(at))
			return at;
		at += toml_utf8(at) - 1;
	}
}

/* Step over blanks, newlines and comments; says whether a line ended. */
static bool skip_space(struct toml_parser *p)
{
	bool newline = false;

	for (;;) {
		const char *begin = p->at;

		skip_blanks(p);
		if (skip_newline(p)) {
			newline = true;
			continue;
		}
		if (*p->at == '#') {
			const char *comment = p->at;

			p->at = comment_end(p->at);
			if (skip_newline(p)) {
				newline = true;
				continue;
			}
			p->at = comment;
		}
		if (p->at == begin)
			return newline;
	}
}

/*
 * Step over a comment and its newline, if there is one behind blanks: 1. If
 * there is none, 0, and the blanks stay. -1 for a comment that ends badly.
 */
static int skip_comment(struct toml_parser *p)
{
	const char *begin = p->at;

	skip_blanks(p);
	if (*p->at != '#') {
		p->at = begin;
		return 0;
	}
	p->at = comment_end(p->at);
	if (!at_end(p) && !skip_newline(p))
		return toml_fail(
			p, p->at,
			"toml::parse_comment_line: newline (LF / CRLF) "
			"or EOF is expected",
			"but got this",
			"Hint: most of the control characters are not "
			"allowed in comments");
	return 1;
}

static bool bare(char c)
{
	return toml_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       c == '-' || c == '_';
}

static int parse_key_part(struct toml_parser *p, struct toml_text *out)
{
	const char *begin = p->at;
	char *copy;

	if (*p->at == '"' || *p->at == '\'')
		return toml_read_string(p, false, out);
	while (bare(*p->at))
		p->at++;
	if (p->at == begin)
		return toml_fail(
			p, p->at,
			"toml::parse_simple_key: invalid key: key must "
			"be \"quoted\", 'quoted-literal', or bare key.",
			"here",
			"Hint: non-ASCII scripts are allowed in toml "
			"v1.1.0, but not in v1.0.0.\n");
	out->len = p->at - begin;
	copy = toml_alloc(p->doc, out->len + 1);
	if (!copy)
		return toml_no_memory(p);
	memcpy(copy, begin, out->len);
	copy[out->len] = '\0';
	out->bytes = copy;
	return 0;
}

static int parse_key(struct toml_parser *p, struct toml_key *key)
{
	*key = (struct toml_key){ .at = p->at };
	for (;;) {
		const char *end;
		struct toml_text part, *parts;

		if (at_end(p))
			break;
		if (p->depth + key->len >= TOML_DEPTH_MAX)
			return toml_fail(p, p->at,
					 "tables are nested too deeply", "here",
					 NULL);
		if (parse_key_part(p, &part) < 0)
			return -1;
		parts = toml_grow(p->doc, key->parts, key->len, &key->room,
				  sizeof(*parts));
		if (!parts)
			return toml_no_memory(p);
		key->parts = parts;
		parts[key->len++] = part;

		end = p->at;
		skip_blanks(p);
		if (*p->at != '.') {
			p->at = end;
			return 0;
		}
		p->at++;
		skip_blanks(p);
	}
	if (key->len > 0)
		return 0;
	return toml_fail(p, p->at,
			 "toml::parse_key: expected a new key, but got nothing",
			 "reached EOF", NULL);
}

/* How a key comes to be set. */
enum setting { SET_HEADER, SET_ARRAY_HEADER, SET_DOTTED };

static bool all_tables(const struct toml_value *value)
{
	const struct toml_array *array = value->as.array;

	if (value->kind != TOML_ARRAY || array->len == 0)
		return false;
	for (size_t i = 0; i < array->len; i++)
		if (array->elements[i].kind != TOML_TABLE)
			return false;
	return true;
}

/* The table to go down to for one of a key's parts but the last. */
static int descend(struct toml_parser *p, enum setting how,
		   const struct toml_key *key, struct toml_text part,
		   struct toml_table **table)
{
	struct toml_entry *entry = toml_find(*table, part);
	struct toml_value *value;
	struct toml_array *array;

	if (!entry) {
		value = toml_insert(p->doc, *table, part);
		*table = toml_table_new(
			p->doc, how == SET_DOTTED ? TOML_DOTTED : TOML_PARENT);
		if (!value || !*table)
			return toml_no_memory(p);
		value->kind = TOML_TABLE;
		value->as.table = *table;
		return 0;
	}

	value = &entry->value;
	if (value->kind == TOML_TABLE) {
		enum toml_origin origin = value->as.table->origin;

		if (origin == TOML_INLINE)
			return toml_fail(p, key->at,
					 "toml::insert_value: failed to insert "
					 "a value: inline table is immutable",
					 "inserting this", NULL);
		if (how == SET_DOTTED && origin != TOML_DOTTED)
			return toml_fail(
				p, key->at,
				"toml::insert_value: reopening a table "
				"using dotted keys",
				"dotted key cannot reopen a table", NULL);
		*table = value->as.table;
		return 0;
	}
	if (!all_tables(value))
		return toml_fail(
			p, key->at,
			"toml::insert_value: failed to insert a value, "
			"value already exists",
			"while inserting this", NULL);
	array = value->as.array;
	if (!array->of_tables)
		return toml_fail(
			p, key->at,
			"toml::insert_value:inline array of tables are "
			"immutable",
			"inserting this", NULL);
	if (how == SET_DOTTED)
		return toml_fail(p, key->at,
				 "toml::insert_value:dotted key cannot reopen "
				 "an array-of-tables",
				 "inserting this", NULL);
	*table = array->elements[array->len - 1].as.table;
	return 0;
}

static int descend_to_last(struct toml_parser *p, enum setting how,
			   const struct toml_key *key,
			   struct toml_table **table)
{
	for (size_t i = 0; i + 1 < key->len; i++)
		if (descend(p, how, key, key->parts[i], table) < 0)
			return -1;
	return 0;
}

/* key = value */
static int insert(struct toml_parser *p, struct toml_table *table,
		  const struct toml_key *key, const struct toml_value *value)
{
	struct toml_text last = key->parts[key->len - 1];
	struct toml_value *slot;

	if (descend_to_last(p, SET_DOTTED, key, &table) < 0)
		return -1;
	if (toml_find(table, last))
		return toml_fail(
			p, key->at,
			"toml::insert_value: failed to insert a value, "
			"value already exists",
			"inserting this", NULL);
	slot = toml_insert(p->doc, table, last);
	if (!slot)
		return toml_no_memory(p);
	*slot = *value;
	return 0;
}

/* [key]: the table to fill. */
static int insert_table(struct toml_parser *p, const struct toml_key *key,
			struct toml_table **out)
{
	struct toml_text last = key->parts[key->len - 1];
	struct toml_table *table = p->doc->root;
	struct toml_entry *entry;
	struct toml_value *value;

	if (descend_to_last(p, SET_HEADER, key, &table) < 0)
		return -1;
	entry = toml_find(table, last);
	if (entry && (entry->value.kind != TOML_TABLE ||
		      entry->value.as.table->origin != TOML_PARENT))
		return toml_fail(
			p, key->at,
			"toml::insert_value: failed to insert a table, "
			"table already defined",
			"inserting this", NULL);
	if (entry) {
		*out = entry->value.as.table;
		(*out)->origin = TOML_HEADER;
		return 0;
	}
	value = toml_insert(p->doc, table, last);
	*out = toml_table_new(p->doc, TOML_HEADER);
	if (!value || !*out)
		return toml_no_memory(p);
	value->kind = TOML_TABLE;
	value->as.table = *out;
	return 0;
}

/* [[key]]: the array's new table, to be filled. */
static int insert_array_table(struct toml_parser *p, const struct toml_key *key,
			      struct toml_table **out)
{
	struct toml_text last = key->parts[key->len - 1];
	struct toml_table *table = p->doc->root;
	struct toml_entry *entry;
	struct toml_value *value;
	struct toml_array *array;

	if (descend_to_last(p, SET_ARRAY_HEADER, key, &table) < 0)
		return -1;
	entry = toml_find(table, last);
	if (entry && !all_tables(&entry->value))
		return toml_fail(
			p, key->at,
			"toml::insert_value: failed to insert an array "
			"of tables, value already exists",
			"while inserting this", NULL);
	if (entry && !entry->value.as.array->of_tables)
		return toml_fail(
			p, key->at,
			"toml::insert_value: failed to insert a table, "
			"inline array of tables is immutable",
			"while inserting this", NULL);
	if (entry) {
		array = entry->value.as.array;
	} else {
		value = toml_insert(p->doc, table, last);
		array = toml_alloc(p->doc, sizeof(*array));
		if (!value || !array)
			return toml_no_memory(p);
		*array = (struct toml_array){ .of_tables = true };
		value->kind = TOML_ARRAY;
		value->as.array = array;
	}
	value = toml_append(p->doc, array);
	*out = toml_table_new(p->doc, TOML_HEADER);
	if (!value || !*out)
		return toml_no_memory(p);
	value->kind = TOML_TABLE;
	value->as.table = *out;
	return 0;
}

static int parse_value(struct toml_parser *p, struct toml_value *out);

static int parse_pair(struct toml_parser *p, struct toml_key *key,
		      struct toml_value *value)
{
	if (parse_key(p, key) < 0)
		return -1;
	skip_blanks(p);
	if (*p->at != '=')
		return toml_fail(
			p, p->at,
			"toml::parse_key_value_pair: invalid key value "
			"separator `=`",
			"here", NULL);
	p->at++;
	skip_blanks(p);
	p->depth += key->len;
	if (parse_value(p, value) < 0)
		return -1;
	p->depth -= key->len;
	return 0;
}

static int parse_array(struct toml_parser *p, struct toml_value *out)
{
	struct toml_array *array = toml_alloc(p->doc, sizeof(*array));
	struct toml_value *element, value;
	bool comma = true;

	if (!array)
		return toml_no_memory(p);
	*array = (struct toml_array){ 0 };
	out->kind = TOML_ARRAY;
	out->as.array = array;
	p->at++;
	skip_space(p);
	while (!at_end(p) && *p->at != ']') {
		if (!comma)
			return toml_fail(p, p->at,
					 "toml::parse_array: expected "
					 "value-separator `,` or closing `]`",
					 "here", NULL);
		if (parse_value(p, &value) < 0)
			return -1;
		element = toml_append(p->doc, array);
		if (!element)
			return toml_no_memory(p);
		*element = value;

		skip_space(p);
		comma = *p->at == ',';
		p->at += comma;
		if (skip_comment(p) < 0)
			return -1;
		if (comma)
			skip_space(p);
	}
	if (at_end(p))
		return toml_fail(p, p->at,
				 "toml::parse_array: missing closing bracket "
				 "`]`",
				 "expected `]`, reached EOF", NULL);
	p->at++;
	return 0;
}

static int parse_inline_table(struct toml_parser *p, struct toml_value *out)
{
	struct toml_table *table = toml_table_new(p->doc, TOML_INLINE);
	bool comma = false, empty = true;
	struct toml_value value;
	struct toml_key key;

	if (!table)
		return toml_no_memory(p);
	out->kind = TOML_TABLE;
	out->as.table = table;
	p->at++;
	skip_blanks(p);
	while (!at_end(p) && *p->at != '}') {
		if (!comma && !empty)
			return toml_fail(p, p->at,
					 "toml::parse_inline_table: expected "
					 "value-separator `,` or closing `}`",
					 "here", NULL);
		empty = false;
		if (parse_pair(p, &key, &value) < 0 ||
		    insert(p, table, &key, &value) < 0)
			return -1;
		skip_blanks(p);
		comma = *p->at == ',';
		p->at += comma;
		skip_blanks(p);
	}
	if (at_end(p))
		return toml_fail(p, p->at,
				 "toml::parse_inline_table: missing closing "
				 "bracket `}`",
				 "expected `}`, reached line end", NULL);
	if (comma)
		return toml_fail(p, p->at,
				 "toml::parse_inline_table: trailing comma is "
				 "not allowed in TOML-v1.0.0)",
				 "here", NULL);
	p->at++;
	return 0;
}

static int parse_value(struct toml_parser *p, struct toml_value *out)
{
	struct toml_text text;
	enum toml_kind kind;
	const char *end;
	int ret = -1;

	if (++p->depth > TOML_DEPTH_MAX)
		return toml_fail(p, p->at, "values are nested too deeply",
				 "here", NULL);
	switch (*p->at) {
	case '"':
	case '\'':
		ret = toml_read_string(p, true, &text);
		if (ret < 0)
			break;
		out->kind = TOML_STRING;
		out->as.text.bytes = text.bytes;
		out->as.text.len = text.len;
		break;
	case '[':
		ret = parse_array(p, out);
		break;
	case '{':
		ret = parse_inline_table(p, out);
		break;
	default:
		if (toml_scan_value(p, &kind, &end) == 0)
			ret = toml_read_value(p, kind, end, out);
	}
	p->depth--;
	return ret;
}

/* The pairs up to the next header. */
static int parse_pairs(struct toml_parser *p, struct toml_table *table)
{
	bool newline = true;
	struct toml_value value;
	struct toml_key key;
	int comment;

	for (;;) {
		newline |= skip_space(p);
		if (at_end(p) || *p->at == '[')
			return 0;
		if (!newline)
			return toml_fail(p, p->at,
					 "toml::parse_table: newline (LF / "
					 "CRLF) or EOF is expected",
					 "here", NULL);
		if (parse_pair(p, &key, &value) < 0)
			return -1;
		comment = skip_comment(p);
		if (comment < 0 || insert(p, table, &key, &value) < 0)
			return -1;
		newline = comment > 0;
	}
}

/* What stands between the brackets of a header, whose first is behind us. */
static int parse_header_key(struct toml_parser *p, struct toml_key *key,
			    const char *close)
{
	const char *begin = p->at;
	size_t len = strlen(close);

	skip_blanks(p);
	if (!at_end(p) && (bare(*p->at) || *p->at == '"' || *p->at == '\'') &&
	    parse_key(p, key) == 0) {
		skip_blanks(p);
		if (strncmp(p->at, close, len) == 0) {
			p->at += len;
			return 0;
		}
	}
	p->at = begin;
	return -1;
}

/* [key] or [[key]] and the line's end: the table to fill. */
static int parse_header(struct toml_parser *p, struct toml_table **table)
{
	const char *begin = p->at;
	bool array = p->at[0] == '[' && p->at[1] == '[';
	struct toml_key key;
	int comment;

	if (*p->at != '[')
		return toml_fail(p, begin,
				 "toml::parse_file: invalid table key", "here",
				 NULL);
	p->at += array ? 2 : 1;
	if (parse_header_key(p, &key, array ? "]]" : "]") < 0)
		return toml_fail(p, begin,
				 array ? "toml::parse_file: invalid "
					 "array-table key"
				       : "toml::parse_file: invalid table key",
				 "here", NULL);
	key.at = begin;
	p->depth = key.len;

	comment = skip_comment(p);
	if (comment < 0)
		return -1;
	if (comment == 0) {
		skip_blanks(p);
		if (!at_end(p) && !skip_newline(p))
			return toml_fail(p, p->at,
					 "toml::parse_file: newline (or EOF) "
					 "expected",
					 "here", NULL);
	}
	return array ? insert_array_table(p, &key, table)
		     : insert_table(p, &key, table);
}

/* The comments at the top have to be right on their own. */
static int parse_top_comments(struct toml_parser *p)
{
	const char *begin = p->at;
	int comment;

	do {
		comment = at_end(p) ? 0 : skip_comment(p);
	} while (comment > 0);
	if (comment == 0) {
		const char *line = p->at;

		skip_blanks(p);
		if (!skip_newline(p))
			p->at = at_end(p) ? line : begin;
	}
	return comment;
}

static int parse_document(struct toml_parser *p)
{
	struct toml_table *table = p->doc->root;

	if (p->end - p->at >= 3 && memcmp(p->at, "\xef\xbb\xbf", 3) == 0)
		p->at += 3;
	if (parse_top_comments(p) < 0 || parse_pairs(p, table) < 0)
		return -1;
	while (!at_end(p))
		if (parse_header(p, &table) < 0 || parse_pairs(p, table) < 0)
			return -1;
	return 0;
}

struct toml *toml_parse(const char *text, size_t len, struct buf *err)
{
	struct toml *doc = calloc(1, sizeof(*doc));
	struct toml_parser p = { .doc = doc, .err = err };
	char *copy = NULL;
	int ret = -1;

	if (doc && len < SIZE_MAX / 8) {
		doc->root = toml_table_new(doc, TOML_HEADER);
		copy = toml_alloc(doc, len + 8);
	}
	if (!copy || !doc->root) {
		toml_no_memory(&p);
		goto out;
	}
	/* The last line may end with the text; NULs stop all scanners. */
	memcpy(copy, text, len);
	memset(copy + len, 0, 8);
	if (len > 0 && copy[len - 1] != '\n' && copy[len - 1] != '\r')
		copy[len++] = '\n';
	p.text = p.at = copy;
	p.end = copy + len;
	ret = parse_document(&p);
out:
	buf_release(&p.scratch);
	if (ret < 0) {
		toml_free(doc);
		return NULL;
	}
	return doc;
}
