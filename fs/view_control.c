/*
 * view_control.c - .flakefs/: how the mount itself is
 */
#include "fs/view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cache/cache.h"
#include "eval/fetch.h"
#include "fs/events.h"
#include "fs/version.h"

static const char *const class_names[WIRE_CLASSES] = {
	"repository", "hosts", "homes", "darwin", "hardware", "flakes",
};

/* --- status ------------------------------------------------------------- */

static void put_json_text(struct buf *out, const char *text, size_t len)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			buf_add_format(out, "\\%c", c);
		else if (c < 0x20)
			buf_add_format(out, "\\u%04x", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_char(out, '"');
}

struct site_list {
	struct buf *out;
	bool first;
};

static void put_site(struct worker *worker, void *arg)
{
	struct site_list *list = arg;
	size_t len;
	const char *name = worker_name(worker, &len);
	struct worker_state state;

	worker_state(worker, &state);
	if (!state.epoch)
		return;
	buf_add_format(list->out, "%s\n    {\"class\": \"%s\", \"name\": ",
		       list->first ? "" : ",",
		       class_names[worker_class(worker)]);
	list->first = false;
	put_json_text(list->out, name, len);
	buf_add_format(list->out,
		       ", \"state\": \"%s\", \"waiting\": %u, \"renewed\": "
		       "%" PRIu64 "}",
		       state.busy      ? "evaluating"
		       : state.running ? "ready"
				       : "ended",
		       state.waiting, state.epoch - 1);
}

static void put_download(void *arg, const struct fetch_progress *progress)
{
	struct site_list *list = arg;

	buf_add_format(list->out, "%s\n    {\"url\": ", list->first ? "" : ",");
	list->first = false;
	put_json_text(list->out, progress->url, strlen(progress->url));
	buf_add_format(list->out, ", \"bytes\": %" PRIu64, progress->done);
	if (progress->total)
		buf_add_format(list->out, ", \"total\": %" PRIu64,
			       progress->total);
	buf_add_char(list->out, '}');
}

static int put_status(struct tree *tree, struct buf *out)
{
	const struct wire_start *start = &tree->config.workers.start;
	struct site_list list = { out, true };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	buf_add_text(out, "{\n  \"repository\": ");
	put_json_text(out, start->repository.bytes, start->repository.len);
	pthread_mutex_lock(&tree->nodes.lock);
	buf_add_format(out,
		       ",\n  \"readOnly\": %s,\n  \"generation\": %" PRIu64
		       ",\n  \"upSeconds\": %lld,\n  \"errors\": %" PRIu64 ",",
		       tree->config.read_only ? "true" : "false",
		       tree->generation,
		       (long long)(now.tv_sec - tree->started.tv_sec),
		       tree->errors_total);
	pthread_mutex_unlock(&tree->nodes.lock);
	buf_add_text(out, "\n  \"workers\": [");
	workers_each(tree->workers, put_site, &list);
	buf_add_text(out, list.first ? "]," : "\n  ],");
	list.first = true;
	buf_add_text(out, "\n  \"downloads\": [");
	fetch_each_download(put_download, &list);
	buf_add_text(out, list.first ? "]\n}\n" : "\n  ]\n}\n");
	return 0;
}

static void put_cache_stats(struct cache *cache, struct buf *out)
{
	static const char *const reasons[FACTS_REASONS] = {
		[FACTS_CONTENT] = "content",
		[FACTS_ENTRIES] = "entries",
		[FACTS_TYPE] = "existence",
		[FACTS_ENVIRONMENT] = "environment",
		[FACTS_COMMIT] = "commit",
		[FACTS_MALFORMED] = "malformed",
	};
	struct cache_stats stats;

	cache_stats(cache, &stats);
	buf_add_format(out,
		       "cache_records %" PRIu64 "\ncache_scopes %" PRIu64
		       "\ncache_bytes %" PRIu64 "\ncache_replaced %" PRIu64
		       "\ncache_hits %" PRIu64 "\ncache_misses %" PRIu64
		       "\ncache_written %" PRIu64 "\ncache_dropped %" PRIu64
		       "\ncache_checks %" PRIu64 "\ncache_check_us %" PRIu64
		       "\n",
		       stats.records, stats.scopes, stats.bytes, stats.replaced,
		       stats.hits, stats.misses, stats.written, stats.dropped,
		       stats.checks, stats.check_ns / 1000);
	for (size_t i = 0; i < FACTS_REASONS; i++)
		if (reasons[i])
			buf_add_format(out, "cache_invalid_%s %" PRIu64 "\n",
				       reasons[i], stats.invalid[i]);
}

static int put_stats(struct tree *tree, struct buf *out)
{
	struct workers_stats stats;

	workers_stats(tree->workers, &stats);
	pthread_mutex_lock(&tree->nodes.lock);
	buf_add_format(out,
		       "nodes %zu\nabsent %zu\nloads %" PRIu64
		       "\nload_hits %" PRIu64 "\nerrors %" PRIu64
		       "\ngeneration %" PRIu64 "\nwrites %" PRIu64
		       "\nwrites_refused %" PRIu64 "\n",
		       tree->nodes.len, tree->nodes.absent, tree->loads,
		       tree->load_hits, tree->errors_total, tree->generation,
		       tree->writes, tree->refused);
	pthread_mutex_unlock(&tree->nodes.lock);
	buf_add_format(out,
		       "workers_running %u\nworkers_busy %u\nworkers_started "
		       "%" PRIu64 "\nworkers_died %" PRIu64
		       "\nworkers_timed_out %" PRIu64 "\nasked %" PRIu64
		       "\nasked_merged %" PRIu64 "\n",
		       stats.running, stats.busy, stats.started, stats.died,
		       stats.timed_out, stats.asked, stats.merged);
	if (tree->config.workers.cache)
		put_cache_stats(tree->config.workers.cache, out);
	return 0;
}

static int put_errors(struct tree *tree, struct buf *out)
{
	pthread_mutex_lock(&tree->nodes.lock);
	for (size_t i = 1; i <= ERRORS_KEPT && i <= tree->errors_next; i++) {
		const struct error_entry *entry =
			&tree->errors[(tree->errors_next - i) % ERRORS_KEPT];
		char when[32];
		struct tm tm;

		if (!entry->path || !gmtime_r(&entry->time.tv_sec, &tm))
			continue;
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
		buf_add_format(out, "%s %s: %s\n", when, entry->path,
			       strerror(-entry->err));
		if (entry->message) {
			buf_add(out, entry->message->data, entry->message->len);
			if (entry->message->len &&
			    entry->message->data[entry->message->len - 1] !=
				    '\n')
				buf_add_char(out, '\n');
		}
		buf_add_char(out, '\n');
	}
	pthread_mutex_unlock(&tree->nodes.lock);
	return 0;
}

static int put_version(struct tree *tree, struct buf *out)
{
	buf_add_text(out, "flakefs " FLAKEFS_VERSION "\n");
	return 0;
}

static int put_sync(struct tree *tree, struct buf *out)
{
	if (tree->watcher.sync)
		tree->watcher.sync(tree->watcher.arg);
	pthread_mutex_lock(&tree->nodes.lock);
	buf_add_format(out, "%" PRIu64 "\n", tree->generation);
	pthread_mutex_unlock(&tree->nodes.lock);
	return 0;
}

/* --- the directory ------------------------------------------------------ */

static const struct {
	const char *name;
	int (*put)(struct tree *tree, struct buf *out);
} rows[] = {
	{ "errors", put_errors }, { "events", events_text },
	{ "stats", put_stats },	  { "status", put_status },
	{ "sync", put_sync },	  { "version", put_version },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int control_lookup(struct tree *tree, struct node *dir, const char *name,
			  size_t len, struct cancel *cancel,
			  struct found *found)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strlen(rows[i].name) != len ||
		    memcmp(rows[i].name, name, len) != 0)
			continue;
		found->init.kind = NODE_FILE;
		found->init.view = &view_control;
		found->init.row = (uint16_t)i;
		found->init.flags = NODE_DYNAMIC;
		return 0;
	}
	return -ENOENT;
}

static int control_list(struct tree *tree, struct node *dir,
			struct cancel *cancel, struct listing_builder *out,
			uint64_t *epoch)
{
	for (size_t i = 0; i < ROWS; i++)
		listing_add_own(out, rows[i].name, NODE_FILE, NODE_DYNAMIC);
	return 0;
}

static int control_load(struct tree *tree, struct node *node,
			struct cancel *cancel, struct loaded *loaded)
{
	struct buf out = BUF_INIT;
	int err = rows[node->row].put(tree, &out);

	if (err == 0 && out.failed)
		err = -ENOMEM;
	if (err == 0) {
		loaded->bytes = bytes_new(out.data, out.len);
		if (!loaded->bytes)
			err = -ENOMEM;
	}
	buf_release(&out);
	return err;
}

const struct view view_control = { control_lookup, control_list, control_load };
