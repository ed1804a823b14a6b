/*
 * view_metrics.c - the hosts and their hardware for Prometheus
 *
 * The text format of Prometheus, "Exposition formats" in its documentation. A
 * host that can't be evaluated is there with flakefs_host_up 0; its hardware is
 * left out. A hardware profile's numbers and Booleans are values, its texts are
 * labels of an info metric, as is the custom.
 */
#include "fs/view.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "fs/version.h"

/* Families, each to be printed as one block. */
enum family {
	FAMILY_UP,
	FAMILY_INFO,
	FAMILY_WARNINGS,
	FAMILY_ASSERTIONS,
	FAMILY_VALUE,
	FAMILY_TEXT,
	FAMILIES
};

static const struct {
	const char *name, *help;
} families[FAMILIES] = {
	{ "flakefs_host_up", "Whether the host can be evaluated." },
	{ "flakefs_host_info", "The host's platform." },
	{ "flakefs_host_warnings", "Warnings of the host's configuration." },
	{ "flakefs_host_assertions_failed",
	  "Failed assertions of the host's configuration." },
	{ "flakefs_hardware",
	  "A number or Boolean of the host's hardware profile." },
	{ "flakefs_hardware_info", "A text of the host's hardware profile." },
};

struct metrics {
	struct tree *tree;
	struct cancel *cancel;
	struct buf blocks[FAMILIES];
	struct wire_text host;
};

/* A label's value, quotes and all. */
static void put_label(struct buf *out, const char *text, size_t len)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			buf_add_text(out, "\\n");
		else if (text[i] == '"' || text[i] == '\\')
			buf_add_format(out, "\\%c", text[i]);
		else
			buf_add_char(out, text[i]);
	}
	buf_add_char(out, '"');
}

/* name{host="..."; what follows is the caller's. */
static struct buf *start_sample(struct metrics *m, enum family family)
{
	struct buf *out = &m->blocks[family];

	buf_add_format(out, "%s{host=", families[family].name);
	put_label(out, m->host.bytes, m->host.len);
	return out;
}

static void put_count(struct metrics *m, enum family family, size_t count)
{
	buf_add_format(start_sample(m, family), "} %zu\n", count);
}

/* All scalars in a JSON value; name is where in the profile it is. */
static void put_hardware(struct metrics *m, json_t *json, struct buf *name)
{
	size_t len = name->len, index;
	const char *key;
	struct buf *out;
	json_t *member;

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		json_object_foreach(json, key, member)
		{
			buf_add_format(name, "%s%s", len ? "." : "", key);
			put_hardware(m, member, name);
			name->len = len;
		}
		break;
	case JSON_ARRAY:
		json_array_foreach(json, index, member)
		{
			buf_add_format(name, "%s%zu", len ? "." : "", index);
			put_hardware(m, member, name);
			name->len = len;
		}
		break;
	case JSON_STRING:
		out = start_sample(m, FAMILY_TEXT);
		buf_add_text(out, ",name=");
		put_label(out, buf_text(name), len);
		buf_add_text(out, ",value=");
		put_label(out, json_string_value(json),
			  json_string_length(json));
		buf_add_text(out, "} 1\n");
		break;
	case JSON_NULL:
		break;
	default:
		out = start_sample(m, FAMILY_VALUE);
		buf_add_text(out, ",name=");
		put_label(out, buf_text(name), len);
		if (json_is_integer(json))
			buf_add_format(out, "} %" JSON_INTEGER_FORMAT "\n",
				       json_integer_value(json));
		else
			buf_add_format(out, "} %.17g\n",
				       json_is_real(json)
					       ? json_real_value(json)
					       : (double)json_is_true(json));
	}
}

/* Ask the host's worker for a file; the answer's text in *text. */
static int ask(struct metrics *m, struct site *site, enum wire_format format,
	       const char *name, struct answer *answer, struct wire_text *text)
{
	struct buf body = BUF_INIT;
	struct wire_in in;
	int err;

	wire_put_u8(&body, format);
	wire_put_u32(&body, 1);
	wire_put_text(&body, wire_text(name));
	err = worker_ask(site->worker, WIRE_READ, body.data, body.len,
			 m->cancel, answer);
	buf_release(&body);
	if (err < 0)
		return err;
	wire_in_init(&in, answer->body.bytes, answer->body.len);
	*text = wire_get_text(&in);
	err = wire_end(&in) ? 0 : -EIO;
	wire_in_release(&in);
	return err;
}

static size_t count_lines(const struct wire_text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->bytes[i] == '\n';
	return count;
}

/* Returns -EINTR alone; what else fails is left out. */
static int put_host(struct metrics *m, struct site *site)
{
	struct answer answer;
	struct wire_text text;
	struct buf name = BUF_INIT;
	struct buf *out;
	json_t *json;
	int err;

	err = ask(m, site, WIRE_TEXT, "warnings", &answer, &text);
	put_count(m, FAMILY_UP, err == 0);
	if (err == 0)
		put_count(m, FAMILY_WARNINGS, count_lines(&text));
	answer_release(&answer);
	if (err < 0)
		return err == -EINTR ? err : 0;

	err = ask(m, site, WIRE_TEXT, "assertions", &answer, &text);
	if (err == 0)
		put_count(m, FAMILY_ASSERTIONS, count_lines(&text));
	answer_release(&answer);
	if (err == -EINTR)
		return err;
	err = ask(m, site, WIRE_TEXT, "system", &answer, &text);
	if (err == 0) {
		out = start_sample(m, FAMILY_INFO);
		buf_add_text(out, ",system=");
		put_label(out, text.bytes, text.len ? text.len - 1 : 0);
		buf_add_text(out, "} 1\n");
	}
	answer_release(&answer);
	if (err == -EINTR)
		return err;
	err = ask(m, site, WIRE_JSON, "hardware", &answer, &text);
	json = err == 0 ? json_loadb(text.bytes, text.len, 0, NULL) : NULL;
	if (json)
		put_hardware(m, json, &name);
	json_decref(json);
	buf_release(&name);
	answer_release(&answer);
	return err == -EINTR ? err : 0;
}

static int put_hosts(struct metrics *m)
{
	struct tree *tree = m->tree;
	struct wire_host host;
	struct answer answer;
	struct wire_in in;
	struct site *site;
	size_t count;
	int err = worker_ask(tree->repository->worker, WIRE_HOSTS, NULL, 0,
			     m->cancel, &answer);

	if (err < 0)
		goto out;
	wire_in_init(&in, answer.body.bytes, answer.body.len);
	count = wire_get_count(&in, 13);
	for (size_t i = 0; i < count && err == 0; i++) {
		wire_get_host(&in, &host);
		if (in.bad || host.class != WIRE_HOST)
			continue;
		m->host = host.name;
		site = tree_site(tree, WIRE_HOST, host.name.bytes,
				 host.name.len, NULL);
		err = site ? put_host(m, site) : -ENOMEM;
	}
	wire_in_release(&in);
out:
	answer_release(&answer);
	return err;
}

int metrics_text(struct tree *tree, struct cancel *cancel, struct buf *out)
{
	struct metrics m = { .tree = tree, .cancel = cancel };
	int err = put_hosts(&m);

	buf_add_text(out, "# HELP flakefs_build_info The program.\n"
			  "# TYPE flakefs_build_info gauge\n");
	buf_add_format(out, "flakefs_build_info{version=\"%s\"} 1\n",
		       FLAKEFS_VERSION);
	for (int i = 0; i < FAMILIES; i++) {
		if (m.blocks[i].len)
			buf_add_format(out, "# HELP %s %s\n# TYPE %s gauge\n%s",
				       families[i].name, families[i].help,
				       families[i].name,
				       buf_text(&m.blocks[i]));
		out->failed |= m.blocks[i].failed;
		buf_release(&m.blocks[i]);
	}
	return err;
}
