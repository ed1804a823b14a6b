#include "cache/cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "cache/records.h"
#include "eval/thread.h"

/* Scopes of a site that are looked at before all is evaluated anew. */
#define TRY_SCOPES 16
/* More than this in the queue: the disk is too slow, answers are dropped. */
#define QUEUE_MAX (128u << 20)

/* A scope, and how much of it has been found to hold in this epoch. */
struct candidate {
	struct records_place place; /* the last part that does */
	uint64_t *chains;	    /* of all parts up to it */
	size_t len;
	bool broken; /* the part behind does not */
};

struct cache_site {
	struct cache *cache;
	struct cache_site *next;
	struct records_key key;

	pthread_mutex_t lock; /* of what follows */
	uint64_t epoch;	      /* of the candidates; 0: none yet */
	struct candidate candidates[TRY_SCOPES];
	size_t len;

	/* The thread's own: */
	uint64_t put_epoch, put_process, put_scope;
	bool lost; /* this process told what was not written down */
	struct facts_known known;
};

/* In the queue. */
struct put {
	struct put *next;
	struct cache_site *site;
	uint64_t epoch, process;
	uint64_t used; /* only that: this scope was of use */
	struct cache_batch batch;
	struct buf told;
};

struct cache {
	struct records *records;
	struct tracked_cache *tracked;
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t work, idle;
	struct cache_site *sites;
	struct put *queue, **tail;
	size_t queued; /* bytes */
	bool busy, stop;
	struct cache_stats stats;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void to_key(XXH128_hash_t hash, struct records_key *key)
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, hash);
	memcpy(key->bytes, canonical.digest, sizeof(key->bytes));
}

static void question_key(uint16_t op, const void *question, size_t len,
			 struct records_key *key)
{
	to_key(XXH3_128bits_withSeed(question, len, op), key);
}

/* --- checking ----------------------------------------------------------- */

static bool has_chain(const struct candidate *c, uint64_t chain)
{
	/* What is asked for was mostly written last. */
	for (size_t i = c->len; i > 0; i--)
		if (c->chains[i - 1] == chain)
			return true;
	return false;
}

static int add_chain(struct candidate *c, uint64_t chain)
{
	uint64_t *chains = reallocarray(c->chains, c->len + 1, sizeof(*chains));

	if (!chains)
		return -ENOMEM;
	c->chains = chains;
	chains[c->len++] = chain;
	return 0;
}

static void candidate_init(struct candidate *c, uint64_t scope)
{
	*c = (struct candidate){ .place = { scope, scope, 0 } };
	/* Of what depends on nothing. */
	c->broken = add_chain(c, scope) < 0;
}

static void put_later(struct cache *cache, struct put *put);

static void note_use(struct cache_site *site, uint64_t scope)
{
	struct put *put = calloc(1, sizeof(*put));

	if (!put)
		return;
	put->site = site;
	put->used = scope;
	put_later(site->cache, put);
}

static void count_check(struct cache *cache, enum facts_reason reason,
			int64_t from)
{
	pthread_mutex_lock(&cache->lock);
	cache->stats.checks++;
	cache->stats.check_ns += (uint64_t)(now_ns() - from);
	cache->stats.invalid[reason]++;
	pthread_mutex_unlock(&cache->lock);
}

/*
 * Do all parts hold up to the one with this chain (0: all that there are)? Goes
 * on from where it stopped the last time; *more is set if it does.
 */
static bool check_candidate(struct cache *cache, struct candidate *c,
			    uint64_t chain, bool *more)
{
	int64_t from = now_ns();
	struct records_place place = c->place;
	enum facts_reason reason = FACTS_HOLD;
	bool looked = false;
	struct buf part;
	int got = 1;

	while (!c->broken && (!chain || !has_chain(c, chain))) {
		got = records_next(cache->records, &place, &part);
		if (got <= 0)
			break;
		looked = true;
		reason = facts_check(cache->tracked, part.data, part.len);
		buf_release(&part);
		if (reason != FACTS_HOLD || add_chain(c, place.chain) < 0) {
			c->broken = true;
			break;
		}
		c->place = place;
		*more = true;
	}
	if (looked)
		count_check(cache, reason, from);
	/* A chain that is not among the parts never will be. */
	if (got < 0 || (chain && got == 0))
		c->broken = true;
	return !c->broken && (!chain || has_chain(c, chain));
}

static void forget(struct cache_site *site)
{
	for (size_t i = 0; i < site->len; i++)
		free(site->candidates[i].chains);
	site->len = 0;
}

/* With the site's lock held. */
static void begin_epoch(struct cache_site *site, uint64_t epoch)
{
	uint64_t scopes[TRY_SCOPES];
	size_t len;

	forget(site);
	site->epoch = epoch;
	len = records_scopes(site->cache->records, &site->key, scopes,
			     TRY_SCOPES);
	for (size_t i = 0; i < len; i++)
		candidate_init(&site->candidates[site->len++], scopes[i]);
}

/* With the site's lock held. */
static bool find_in(struct cache_site *site, struct candidate *c,
		    const struct records_key *key, int *err, struct buf *body,
		    bool *more)
{
	struct cache *cache = site->cache;
	bool first = c->len <= 1;
	struct records_found found;

	if (!records_find(cache->records, c->place.scope, key, &found))
		return false;
	if (!has_chain(c, found.chain) &&
	    !check_candidate(cache, c, found.chain, more)) {
		buf_release(&found.body);
		return false;
	}
	if (first)
		note_use(site, c->place.scope);
	*err = found.err;
	*body = found.body;
	return true;
}

bool cache_find(struct cache_site *site, uint64_t epoch, uint16_t op,
		const void *question, size_t len, int *err, struct buf *body,
		bool *more)
{
	struct cache *cache = site->cache;
	struct records_key key;
	bool hit = false;

	*more = false;
	question_key(op, question, len, &key);
	pthread_mutex_lock(&site->lock);
	if (site->epoch < epoch)
		begin_epoch(site, epoch);
	for (size_t i = 0; site->epoch == epoch && i < site->len && !hit; i++)
		hit = find_in(site, &site->candidates[i], &key, err, body,
			      more);
	pthread_mutex_unlock(&site->lock);
	pthread_mutex_lock(&cache->lock);
	cache->stats.hits += hit;
	cache->stats.misses += !hit;
	pthread_mutex_unlock(&cache->lock);
	return hit;
}

int cache_reads(struct cache_site *site, uint64_t epoch, const char *repository,
		struct buf *out, uint32_t *count)
{
	struct records_place ends[TRY_SCOPES];
	struct buf part;
	size_t len = 0;
	int err = -ESRCH;

	pthread_mutex_lock(&site->lock);
	for (size_t i = 0; site->epoch == epoch && i < site->len; i++)
		if (site->candidates[i].place.part)
			ends[len++] = site->candidates[i].place;
	pthread_mutex_unlock(&site->lock);
	for (size_t i = 0; i < len && (err == 0 || err == -ESRCH); i++) {
		struct records_place place = { ends[i].scope, ends[i].scope,
					       0 };

		err = 0;
		while (err == 0 && place.part != ends[i].part) {
			if (records_next(site->cache->records, &place, &part) <=
			    0)
				return -EBUSY;
			err = facts_reads(part.data, part.len, repository, out,
					  count);
			buf_release(&part);
		}
	}
	return err;
}

/* --- batches ------------------------------------------------------------ */

/* In its bytes: key, i32 err, u32 length, the answer. */
struct answer_head {
	struct records_key key;
	int32_t err;
	uint32_t len;
};

void cache_batch_add(struct cache_batch *batch, uint16_t op,
		     const void *question, size_t question_len, int err,
		     const void *answer, size_t len)
{
	struct answer_head head = { .err = err, .len = (uint32_t)len };
	size_t begin = batch->bytes.len;

	if (len > UINT32_MAX)
		return;
	question_key(op, question, question_len, &head.key);
	buf_add(&batch->bytes, &head, sizeof(head));
	buf_add(&batch->bytes, answer, len);
	if (batch->bytes.failed) {
		batch->bytes.len = begin;
		batch->bytes.failed = false;
	} else {
		batch->count++;
	}
}

void cache_batch_release(struct cache_batch *batch)
{
	buf_release(&batch->bytes);
	*batch = (struct cache_batch){ BUF_INIT, 0 };
}

static struct records_answer *answers_of(const struct cache_batch *batch)
{
	struct records_answer *answers =
		calloc(batch->count + 1, sizeof(*answers));
	const char *next = batch->bytes.data;

	for (size_t i = 0; answers && i < batch->count; i++) {
		struct answer_head head;

		memcpy(&head, next, sizeof(head));
		next += sizeof(head);
		answers[i] = (struct records_answer){ head.key, head.err, next,
						      head.len };
		next += head.len;
	}
	return answers;
}

static void put_free(struct put *put)
{
	cache_batch_release(&put->batch);
	buf_release(&put->told);
	free(put);
}

static void put_later(struct cache *cache, struct put *put)
{
	size_t size = put->batch.bytes.len + put->told.len;

	pthread_mutex_lock(&cache->lock);
	if (cache->stop || cache->queued + size > QUEUE_MAX) {
		cache->stats.dropped += put->batch.count;
		/* What it told is missing from now on. */
		buf_release(&put->told);
		cache_batch_release(&put->batch);
		size = 0;
	}
	cache->queued += size;
	*cache->tail = put;
	cache->tail = &put->next;
	pthread_cond_signal(&cache->work);
	pthread_mutex_unlock(&cache->lock);
}

void cache_put(struct cache_site *site, uint64_t epoch, uint64_t process,
	       struct cache_batch *batch, struct buf *told)
{
	struct put *put = calloc(1, sizeof(*put));

	if (!put) {
		cache_batch_release(batch);
		buf_release(told);
		return;
	}
	*put = (struct put){ .site = site,
			     .epoch = epoch,
			     .process = process,
			     .batch = *batch,
			     .told = *told };
	*batch = (struct cache_batch){ BUF_INIT, 0 };
	*told = (struct buf)BUF_INIT;
	put_later(site->cache, put);
}

/* --- the thread --------------------------------------------------------- */

/* The first scope of which everything holds, as far as can be told. */
static uint64_t whole_scope(struct cache_site *site, uint64_t epoch)
{
	uint64_t scopes[TRY_SCOPES], whole = 0;
	struct candidate c;
	bool more;
	size_t len = 0;

	pthread_mutex_lock(&site->lock);
	for (size_t i = 0; site->epoch == epoch && i < site->len; i++)
		if (!site->candidates[i].broken)
			scopes[len++] = site->candidates[i].place.scope;
	pthread_mutex_unlock(&site->lock);
	/* On copies: requests go on meanwhile. */
	for (size_t i = 0; i < len && !whole; i++) {
		candidate_init(&c, scopes[i]);
		if (check_candidate(site->cache, &c, 0, &more))
			whole = scopes[i];
		free(c.chains);
	}
	return whole;
}

static int know_scope(struct cache_site *site, uint64_t scope)
{
	struct records_place place = { scope, scope, 0 };
	struct buf part;
	int got, err = 0;

	while (err == 0 &&
	       (got = records_next(site->cache->records, &place, &part)) != 0) {
		err = got < 0 ? got
			      : facts_add_part(&site->known, part.data,
					       part.len);
		buf_release(&part);
	}
	return err;
}

/* The scope that the process's answers go on with. */
static void begin_process(struct cache_site *site, const struct put *put)
{
	if (site->put_epoch != put->epoch) {
		facts_known_release(&site->known);
		site->put_epoch = put->epoch;
		site->put_scope = 0;
		site->put_process = 0;
	}
	if (site->put_process == put->process)
		return;
	/* It tells everything anew. */
	site->put_process = put->process;
	site->lost = false;
	if (site->put_scope)
		return;
	site->put_scope = whole_scope(site, put->epoch);
	if (site->put_scope && know_scope(site, site->put_scope) < 0) {
		facts_known_release(&site->known);
		site->put_scope = 0;
	}
}

/* Make room for a candidate. One of which answers were given stays: what they
 * depend on must be told (cache_reads()). With the site's lock held. */
static bool make_room(struct cache_site *site)
{
	size_t at = site->len;

	if (at < TRY_SCOPES)
		return true;
	while (at > 0 && site->candidates[at - 1].place.part)
		at--;
	if (!at)
		return false;
	free(site->candidates[at - 1].chains);
	memmove(site->candidates + at - 1, site->candidates + at,
		(site->len - at) * sizeof(*site->candidates));
	site->len--;
	return true;
}

/* Answers are looked for in the scope from now on, too. */
static void publish(struct cache_site *site, const struct put *put)
{
	bool known = false;

	pthread_mutex_lock(&site->lock);
	for (size_t i = 0; i < site->len; i++)
		known |= site->candidates[i].place.scope == site->put_scope;
	if (site->epoch == put->epoch && !known && make_room(site)) {
		memmove(site->candidates + 1, site->candidates,
			site->len * sizeof(*site->candidates));
		candidate_init(&site->candidates[0], site->put_scope);
		site->len++;
	}
	pthread_mutex_unlock(&site->lock);
}

static int store(struct cache_site *site, const struct put *put)
{
	struct cache *cache = site->cache;
	struct records_answer *answers;
	struct buf part = BUF_INIT;
	uint64_t chain;
	int err;

	begin_process(site, put);
	if (site->lost)
		return -ESTALE;
	answers = answers_of(&put->batch);
	err = answers ? facts_add_told(&site->known, cache->tracked,
				       put->told.data, put->told.len, &part)
		      : -ENOMEM;
	if (err == 0)
		err = records_add(cache->records, &site->key, &site->put_scope,
				  site->put_scope == 0, part.data, part.len,
				  answers, put->batch.count, &chain);
	if (err == 0) {
		publish(site, put);
	} else {
		/* known has more than there is on disk: forget it all. */
		facts_known_release(&site->known);
		site->put_scope = 0;
		site->lost = true;
	}
	buf_release(&part);
	free(answers);
	return err;
}

static void *run(void *arg)
{
	struct cache *cache = arg;

	pthread_mutex_lock(&cache->lock);
	for (;;) {
		struct put *put = cache->queue;
		int err = 0;

		if (!put) {
			cache->busy = false;
			pthread_cond_broadcast(&cache->idle);
			if (cache->stop)
				break;
			pthread_cond_wait(&cache->work, &cache->lock);
			continue;
		}
		cache->busy = true;
		cache->queue = put->next;
		if (!cache->queue)
			cache->tail = &cache->queue;
		cache->queued -= put->batch.bytes.len + put->told.len;
		pthread_mutex_unlock(&cache->lock);

		if (put->used)
			records_used(cache->records, put->used);
		else
			err = store(put->site, put);
		if (!put->used)
			records_tidy(cache->records);

		pthread_mutex_lock(&cache->lock);
		if (err == 0)
			cache->stats.written += put->batch.count;
		else
			cache->stats.dropped += put->batch.count;
		put_free(put);
	}
	pthread_mutex_unlock(&cache->lock);
	return NULL;
}

void cache_flush(struct cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	while (cache->queue || cache->busy)
		pthread_cond_wait(&cache->idle, &cache->lock);
	pthread_mutex_unlock(&cache->lock);
}

/* --- life --------------------------------------------------------------- */

char *cache_folder(void)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int n = -1;

	if (base && *base == '/')
		n = asprintf(&path, "%s/flakefs", base);
	else if (home && *home == '/')
		n = asprintf(&path, "%s/.cache/flakefs", home);
	return n < 0 ? NULL : path;
}

int cache_open(const char *folder, uint64_t limit, struct cache **out)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	int err;

	*out = NULL;
	if (!cache)
		return -ENOMEM;
	cache->tail = &cache->queue;
	pthread_mutex_init(&cache->lock, NULL);
	pthread_cond_init(&cache->work, NULL);
	pthread_cond_init(&cache->idle, NULL);
	cache->tracked = tracked_cache_new();
	err = cache->tracked ? records_open(folder, limit, &cache->records)
			     : -ENOMEM;
	if (err == 0)
		err = thread_start(&cache->thread, 0, run, cache);
	if (err == 0) {
		*out = cache;
		return 0;
	}
	records_close(cache->records);
	tracked_cache_free(cache->tracked);
	pthread_mutex_destroy(&cache->lock);
	pthread_cond_destroy(&cache->work);
	pthread_cond_destroy(&cache->idle);
	free(cache);
	return err;
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	pthread_mutex_lock(&cache->lock);
	cache->stop = true;
	pthread_cond_signal(&cache->work);
	pthread_mutex_unlock(&cache->lock);
	pthread_join(cache->thread, NULL);
	while (cache->sites) {
		struct cache_site *site = cache->sites;

		cache->sites = site->next;
		facts_known_release(&site->known);
		forget(site);
		pthread_mutex_destroy(&site->lock);
		free(site);
	}
	records_close(cache->records);
	tracked_cache_free(cache->tracked);
	pthread_mutex_destroy(&cache->lock);
	pthread_cond_destroy(&cache->work);
	pthread_cond_destroy(&cache->idle);
	free(cache);
}

struct cache_site *cache_site(struct cache *cache, const void *name, size_t len)
{
	struct cache_site *site = calloc(1, sizeof(*site));

	if (!site)
		return NULL;
	site->cache = cache;
	to_key(XXH3_128bits_withSeed(name, len, RECORDS_VERSION), &site->key);
	pthread_mutex_init(&site->lock, NULL);
	pthread_mutex_lock(&cache->lock);
	site->next = cache->sites;
	cache->sites = site;
	pthread_mutex_unlock(&cache->lock);
	return site;
}

void cache_stats(struct cache *cache, struct cache_stats *stats)
{
	struct records_stats records;

	records_stats(cache->records, &records);
	pthread_mutex_lock(&cache->lock);
	*stats = cache->stats;
	pthread_mutex_unlock(&cache->lock);
	stats->records = records.records;
	stats->scopes = records.scopes;
	stats->bytes = records.bytes;
	stats->replaced = records.replaced;
}

int cache_clear(const char *folder)
{
	struct records *records;
	int err = records_open(folder, CACHE_SIZE, &records);

	if (err == 0)
		err = records_clear(records);
	records_close(records);
	return err;
}
