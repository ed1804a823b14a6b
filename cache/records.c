#include "cache/records.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define APPLICATION 0x666c6b66 /* "flkf" */
#define PAGE 4096
/* Of one site: as many branches are remembered. */
#define SCOPES_MAX 16
#define READER_PATIENCE 20   /* ms, a request waits meanwhile */
#define WRITER_PATIENCE 3000 /* ms */

static const char schema[] =
	"CREATE TABLE scope (id INTEGER PRIMARY KEY, site BLOB NOT NULL,"
	" used INTEGER NOT NULL);"
	"CREATE INDEX scope_site ON scope (site);"
	"CREATE TABLE part (id INTEGER PRIMARY KEY, scope INTEGER NOT NULL,"
	" chain INTEGER NOT NULL, facts BLOB NOT NULL);"
	"CREATE INDEX part_scope ON part (scope);"
	"CREATE TABLE record (id INTEGER PRIMARY KEY, scope INTEGER NOT NULL,"
	" key BLOB NOT NULL, chain INTEGER NOT NULL, err INTEGER NOT NULL,"
	" sum INTEGER NOT NULL, body BLOB NOT NULL);"
	"CREATE UNIQUE INDEX record_key ON record (scope, key);";

enum query {
	FIND,
	SCOPES,
	NEXT,
	COUNT_RECORDS,
	COUNT_SCOPES,
	READER_QUERIES,
	HAS_SCOPE = READER_QUERIES,
	ADD_SCOPE,
	LAST_CHAIN,
	ADD_PART,
	ADD_RECORD,
	USED,
	OLDEST,
	OLDEST_OF_SITE,
	DROP_RECORDS,
	DROP_PARTS,
	DROP_SCOPE,
	QUERIES,
};

static const char *const queries[QUERIES] = {
	[FIND] = "SELECT chain, err, sum, body FROM record"
		 " WHERE scope = ?1 AND key = ?2",
	[SCOPES] = "SELECT id FROM scope WHERE site = ?1"
		   " ORDER BY used DESC, id LIMIT ?2",
	[NEXT] = "SELECT id, chain, facts FROM part"
		 " WHERE scope = ?1 AND id > ?2 ORDER BY id LIMIT 1",
	[COUNT_RECORDS] = "SELECT count(*) FROM record",
	[COUNT_SCOPES] = "SELECT count(*) FROM scope",
	[HAS_SCOPE] = "SELECT 1 FROM scope WHERE id = ?1 AND site = ?2",
	[ADD_SCOPE] = "INSERT INTO scope (id, site, used) VALUES (?1, ?2, ?3)",
	[LAST_CHAIN] = "SELECT chain FROM part WHERE scope = ?1"
		       " ORDER BY id DESC LIMIT 1",
	[ADD_PART] = "INSERT INTO part (scope, chain, facts)"
		     " VALUES (?1, ?2, ?3)",
	[ADD_RECORD] = "INSERT OR REPLACE INTO record"
		       " (scope, key, chain, err, sum, body)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[USED] = "UPDATE scope SET used = ?2 WHERE id = ?1",
	[OLDEST] = "SELECT id FROM scope ORDER BY used, id LIMIT 1",
	[OLDEST_OF_SITE] = "SELECT id FROM scope WHERE site = ?1"
			   " ORDER BY used DESC, id LIMIT -1 OFFSET ?2",
	[DROP_RECORDS] = "DELETE FROM record WHERE scope = ?1",
	[DROP_PARTS] = "DELETE FROM part WHERE scope = ?1",
	[DROP_SCOPE] = "DELETE FROM scope WHERE id = ?1",
};

struct connection {
	pthread_mutex_t lock;
	sqlite3 *db; /* NULL: there is none just now */
	sqlite3_stmt *statements[QUERIES];
};

/* Lock order: the writer's, then the reader's. */
struct records {
	char *path;
	uint64_t limit;
	struct connection reader, writer;
	ino_t number; /* of the file that is open; 0: none was yet */
	bool damaged; /* atomic: seen by a reader, for the writer to mend */
	uint64_t replaced;
};

/* --- files -------------------------------------------------------------- */

/* mkdir -p; then it must be ours alone. */
static int make_folder(const char *folder)
{
	char *path = strdup(folder);
	struct stat st;
	int err = 0, fd = -1;

	if (!path)
		return -ENOMEM;
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0700); /* what matters is whether the next can be */
		*p = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		err = -errno;
		goto out;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err = errno == ELOOP || errno == ENOTDIR ? -EPERM : -errno;
		goto out;
	}
	if (st.st_uid != geteuid())
		err = -EPERM;
	else if (st.st_mode & 077 && fchmod(fd, 0700) < 0)
		err = -EPERM;
out:
	if (fd >= 0)
		close(fd);
	free(path);
	return err;
}

static void remove_files(const char *path)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal", "" };
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

static bool is_plain_file(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT;
	return S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       st.st_nlink == 1;
}

/* --- connections -------------------------------------------------------- */

static void disconnect(struct connection *c)
{
	for (size_t i = 0; i < QUERIES; i++) {
		sqlite3_finalize(c->statements[i]);
		c->statements[i] = NULL;
	}
	sqlite3_close_v2(c->db);
	c->db = NULL;
}

static int errno_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR: /* a table is not there, or another one */
	case SQLITE_MISMATCH:
	case SQLITE_CONSTRAINT:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

static int run(sqlite3 *db, const char *sql)
{
	return errno_of(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static int64_t pragma(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return n;
}

static int connect_to(struct records *records, struct connection *c,
		      int patience)
{
	char sql[100];
	int err;

	if (!is_plain_file(records->path))
		return -EPERM;
	err = errno_of(sqlite3_open_v2(
		records->path, &c->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
			SQLITE_OPEN_EXRESCODE,
		NULL));
	if (err == 0) {
		sqlite3_busy_timeout(c->db, patience);
		/* The file is not trusted: nothing in it is to be run. */
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
				  NULL);
		/* A mapped file that is cut short would kill us. */
		err = run(c->db, "PRAGMA mmap_size = 0;"
				 "PRAGMA journal_mode = WAL;"
				 "PRAGMA synchronous = NORMAL;"
				 "PRAGMA cell_size_check = ON;"
				 "PRAGMA cache_size = -4096;"
				 "PRAGMA journal_size_limit = 16777216;");
	}
	if (err == 0) {
		snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %llu;",
			 records->limit / PAGE + records->limit / PAGE / 8 +
				 64ull);
		err = run(c->db, sql);
	}
	if (err < 0)
		disconnect(c);
	return err;
}

/* Is what is in the file ours, and of this version? An empty one becomes so. */
static int make_tables(sqlite3 *db)
{
	char sql[100];
	int err = run(db, "BEGIN IMMEDIATE");

	if (err < 0)
		return err;
	if (pragma(db, "PRAGMA application_id") == APPLICATION &&
	    pragma(db, "PRAGMA user_version") == RECORDS_VERSION)
		return run(db, "COMMIT");
	if (pragma(db, "SELECT count(*) FROM sqlite_schema") != 0) {
		run(db, "ROLLBACK");
		return -EBADMSG;
	}
	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 APPLICATION, RECORDS_VERSION);
	err = run(db, schema);
	if (err == 0)
		err = run(db, sql);
	if (err == 0)
		err = run(db, "COMMIT");
	if (err < 0)
		run(db, "ROLLBACK");
	return err;
}

static int prepare(struct connection *c, size_t from, size_t to)
{
	int err = 0;

	for (size_t i = from; i < to && err == 0; i++)
		err = errno_of(sqlite3_prepare_v3(c->db, queries[i], -1,
						  SQLITE_PREPARE_PERSISTENT,
						  &c->statements[i], NULL));
	return err;
}

/* With both locks held. */
static int connect_both(struct records *records)
{
	int err = connect_to(records, &records->writer, WRITER_PATIENCE);

	if (err == 0)
		err = make_tables(records->writer.db);
	if (err == 0)
		err = prepare(&records->writer, 0, QUERIES);
	if (err == 0)
		err = connect_to(records, &records->reader, READER_PATIENCE);
	if (err == 0)
		err = prepare(&records->reader, 0, READER_QUERIES);
	if (err < 0) {
		disconnect(&records->reader);
		disconnect(&records->writer);
	}
	return err;
}

static ino_t file_number(const struct records *records)
{
	struct stat st;

	return stat(records->path, &st) == 0 ? st.st_ino : 0;
}

/*
 * The file is no good: begin anew. Who else has it open goes on with what he
 * has. With both locks held. The lock file is for two who find it out at once:
 * the second must not take away what the first made.
 */
static int replace(struct records *records)
{
	char name[PATH_MAX];
	int err = -EBADMSG, fd;

	disconnect(&records->reader);
	disconnect(&records->writer);
	snprintf(name, sizeof(name), "%s.lock", records->path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
	if (!records->number || file_number(records) != records->number)
		err = connect_both(records);
	if (err == -EBADMSG) {
		disconnect(&records->reader);
		disconnect(&records->writer);
		remove_files(records->path);
		records->replaced++;
		err = connect_both(records);
	}
	records->number = file_number(records);
	close(fd);
	return err;
}

int records_open(const char *folder, uint64_t limit, struct records **out)
{
	struct records *records = calloc(1, sizeof(*records));
	int err;

	*out = NULL;
	if (!records)
		return -ENOMEM;
	records->limit = limit < 16 * PAGE ? 16 * PAGE : limit;
	pthread_mutex_init(&records->reader.lock, NULL);
	pthread_mutex_init(&records->writer.lock, NULL);
	err = make_folder(folder);
	if (err == 0 &&
	    asprintf(&records->path, "%s/" RECORDS_FILE, folder) < 0) {
		records->path = NULL;
		err = -ENOMEM;
	}
	if (err == 0) {
		err = connect_both(records);
		if (err == -EBADMSG)
			err = replace(records);
		records->number = file_number(records);
	}
	if (err < 0) {
		records_close(records);
		return err;
	}
	*out = records;
	return 0;
}

void records_close(struct records *records)
{
	if (!records)
		return;
	disconnect(&records->reader);
	disconnect(&records->writer);
	pthread_mutex_destroy(&records->reader.lock);
	pthread_mutex_destroy(&records->writer.lock);
	free(records->path);
	free(records);
}

/* --- reading ------------------------------------------------------------ */

/* With the connection's lock held. A statement to bind and step, or NULL. */
static sqlite3_stmt *statement(struct connection *c, enum query query)
{
	return c->db ? c->statements[query] : NULL;
}

static void finish(struct records *records, sqlite3_stmt *s, int rc)
{
	if (errno_of(rc) == -EBADMSG)
		__atomic_store_n(&records->damaged, true, __ATOMIC_SEQ_CST);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

static uint64_t sum_of(uint64_t scope, const struct records_key *key,
		       uint64_t chain, int err, const void *body, size_t len)
{
	uint64_t head[5] = { scope, chain, (uint64_t)(int64_t)err };

	memcpy(&head[3], key->bytes, sizeof(key->bytes));
	return XXH3_64bits_withSeed(body, len, XXH3_64bits(head, sizeof(head)));
}

bool records_find(struct records *records, uint64_t scope,
		  const struct records_key *key, struct records_found *found)
{
	struct connection *c = &records->reader;
	bool hit = false;
	sqlite3_stmt *s;
	int rc;

	pthread_mutex_lock(&c->lock);
	s = statement(c, FIND);
	if (!s)
		goto out;
	sqlite3_bind_int64(s, 1, (int64_t)scope);
	sqlite3_bind_blob(s, 2, key->bytes, sizeof(key->bytes), SQLITE_STATIC);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const void *body = sqlite3_column_blob(s, 3);
		size_t len = (size_t)sqlite3_column_bytes(s, 3);

		*found = (struct records_found){
			.chain = (uint64_t)sqlite3_column_int64(s, 0),
			.err = sqlite3_column_int(s, 1),
		};
		buf_add(&found->body, body, len);
		hit = !found->body.failed && found->err <= 0 &&
		      sum_of(scope, key, found->chain, found->err, body, len) ==
			      (uint64_t)sqlite3_column_int64(s, 2);
		if (!hit)
			buf_release(&found->body);
	}
	finish(records, s, rc);
out:
	pthread_mutex_unlock(&c->lock);
	return hit;
}

size_t records_scopes(struct records *records, const struct records_key *site,
		      uint64_t *scopes, size_t room)
{
	struct connection *c = &records->reader;
	size_t len = 0;
	sqlite3_stmt *s;
	int rc = SQLITE_DONE;

	pthread_mutex_lock(&c->lock);
	s = statement(c, SCOPES);
	if (!s)
		goto out;
	sqlite3_bind_blob(s, 1, site->bytes, sizeof(site->bytes),
			  SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, (int64_t)room);
	while (len < room && (rc = sqlite3_step(s)) == SQLITE_ROW)
		scopes[len++] = (uint64_t)sqlite3_column_int64(s, 0);
	finish(records, s, rc);
out:
	pthread_mutex_unlock(&c->lock);
	return len;
}

int records_next(struct records *records, struct records_place *place,
		 struct buf *part)
{
	struct connection *c = &records->reader;
	int rc = SQLITE_DONE, got = 0;
	sqlite3_stmt *s;

	*part = (struct buf)BUF_INIT;
	pthread_mutex_lock(&c->lock);
	s = statement(c, NEXT);
	if (!s)
		goto out;
	sqlite3_bind_int64(s, 1, (int64_t)place->scope);
	sqlite3_bind_int64(s, 2, place->part);
	rc = sqlite3_step(s);
	got = rc == SQLITE_ROW ? 1 : errno_of(rc);
	if (got > 0) {
		uint64_t chain;

		buf_add(part, sqlite3_column_blob(s, 2),
			(size_t)sqlite3_column_bytes(s, 2));
		chain = XXH3_64bits_withSeed(buf_text(part), part->len,
					     place->chain);
		if (part->failed)
			got = -ENOMEM;
		else if (chain != (uint64_t)sqlite3_column_int64(s, 1))
			got = -EBADMSG;
		if (got > 0) {
			place->part = sqlite3_column_int64(s, 0);
			place->chain = chain;
		} else {
			buf_release(part);
		}
	}
	finish(records, s, rc);
out:
	pthread_mutex_unlock(&c->lock);
	return got;
}

/* --- writing ------------------------------------------------------------ */

/* When a scope was last used, without ties. */
static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* With the writer's lock held. */
static int step(struct records *records, sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	finish(records, s, rc);
	return errno_of(rc);
}

static int drop_scope(struct records *records, int64_t scope)
{
	static const enum query drops[] = { DROP_RECORDS, DROP_PARTS,
					    DROP_SCOPE };
	int err = 0;

	for (size_t i = 0; i < sizeof(drops) / sizeof(*drops) && err == 0;
	     i++) {
		sqlite3_stmt *s = statement(&records->writer, drops[i]);

		sqlite3_bind_int64(s, 1, scope);
		err = step(records, s);
	}
	return err;
}

static int64_t first_number(struct records *records, sqlite3_stmt *s,
			    int64_t otherwise)
{
	int rc = sqlite3_step(s);
	int64_t n = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : otherwise;

	finish(records, s, rc);
	return n;
}

static bool has_scope(struct records *records, const struct records_key *site,
		      uint64_t scope)
{
	sqlite3_stmt *s = statement(&records->writer, HAS_SCOPE);

	sqlite3_bind_int64(s, 1, (int64_t)scope);
	sqlite3_bind_blob(s, 2, site->bytes, sizeof(site->bytes),
			  SQLITE_STATIC);
	return first_number(records, s, 0) == 1;
}

/* By chance, so that no two processes, and no two files, have the same. */
static int make_scope(struct records *records, const struct records_key *site,
		      uint64_t *scope)
{
	struct connection *c = &records->writer;
	sqlite3_stmt *s = statement(c, OLDEST_OF_SITE);
	int64_t oldest;

	if (getrandom(scope, sizeof(*scope), 0) != sizeof(*scope))
		return -EIO;
	*scope >>= 1;
	sqlite3_bind_blob(s, 1, site->bytes, sizeof(site->bytes),
			  SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, SCOPES_MAX - 1);
	oldest = first_number(records, s, 0);
	if (oldest)
		drop_scope(records, oldest);
	s = statement(c, ADD_SCOPE);
	sqlite3_bind_int64(s, 1, (int64_t)*scope);
	sqlite3_bind_blob(s, 2, site->bytes, sizeof(site->bytes),
			  SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, now_us());
	return step(records, s);
}

static int add_part(struct records *records, uint64_t scope, const void *part,
		    size_t len, uint64_t *chain)
{
	sqlite3_stmt *s = statement(&records->writer, LAST_CHAIN);

	sqlite3_bind_int64(s, 1, (int64_t)scope);
	*chain = (uint64_t)first_number(records, s, (int64_t)scope);
	if (!len)
		return 0;
	*chain = XXH3_64bits_withSeed(part, len, *chain);
	s = statement(&records->writer, ADD_PART);
	sqlite3_bind_int64(s, 1, (int64_t)scope);
	sqlite3_bind_int64(s, 2, (int64_t)*chain);
	sqlite3_bind_blob64(s, 3, part, len, SQLITE_STATIC);
	return step(records, s);
}

static int add_record(struct records *records, uint64_t scope, uint64_t chain,
		      const struct records_answer *answer)
{
	sqlite3_stmt *s = statement(&records->writer, ADD_RECORD);

	sqlite3_bind_int64(s, 1, (int64_t)scope);
	sqlite3_bind_blob(s, 2, answer->key.bytes, sizeof(answer->key.bytes),
			  SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, (int64_t)chain);
	sqlite3_bind_int(s, 4, answer->err);
	sqlite3_bind_int64(s, 5,
			   (int64_t)sum_of(scope, &answer->key, chain,
					   answer->err, answer->body,
					   answer->len));
	sqlite3_bind_blob64(s, 6, answer->len ? answer->body : "", answer->len,
			    SQLITE_STATIC);
	return step(records, s);
}

static int add_all(struct records *records, const struct records_key *site,
		   uint64_t *scope, bool fresh, const void *part,
		   size_t part_len, const struct records_answer *answers,
		   size_t count, uint64_t *chain)
{
	int err = 0;

	if (!*scope || !has_scope(records, site, *scope))
		err = fresh ? make_scope(records, site, scope) : -ESTALE;
	if (err == 0)
		err = add_part(records, *scope, part, part_len, chain);
	for (size_t i = 0; i < count && err == 0; i++)
		err = add_record(records, *scope, *chain, &answers[i]);
	return err;
}

int records_add(struct records *records, const struct records_key *site,
		uint64_t *scope, bool fresh, const void *part, size_t part_len,
		const struct records_answer *answers, size_t count,
		uint64_t *chain)
{
	struct connection *c = &records->writer;
	uint64_t was = *scope;
	int err;

	pthread_mutex_lock(&c->lock);
	err = c->db ? run(c->db, "BEGIN IMMEDIATE") : -EIO;
	if (err == 0) {
		err = add_all(records, site, scope, fresh, part, part_len,
			      answers, count, chain);
		if (err == 0)
			err = run(c->db, "COMMIT");
		if (err < 0)
			run(c->db, "ROLLBACK");
	}
	if (err < 0)
		*scope = was;
	if (err == -EBADMSG)
		__atomic_store_n(&records->damaged, true, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&c->lock);
	return err;
}

void records_used(struct records *records, uint64_t scope)
{
	struct connection *c = &records->writer;
	sqlite3_stmt *s;

	pthread_mutex_lock(&c->lock);
	s = statement(c, USED);
	if (s) {
		sqlite3_bind_int64(s, 1, (int64_t)scope);
		sqlite3_bind_int64(s, 2, now_us());
		step(records, s);
	}
	pthread_mutex_unlock(&c->lock);
}

/* Bytes in use; with the lock of the connection held. */
static uint64_t used_bytes(struct connection *c)
{
	int64_t pages, free_pages;

	if (!c->db)
		return 0;
	pages = pragma(c->db, "PRAGMA page_count");
	free_pages = pragma(c->db, "PRAGMA freelist_count");
	return pages > free_pages && free_pages >= 0
		       ? (uint64_t)(pages - free_pages) * PAGE
		       : 0;
}

void records_tidy(struct records *records)
{
	struct connection *c = &records->writer;

	pthread_mutex_lock(&c->lock);
	if (__atomic_exchange_n(&records->damaged, false, __ATOMIC_SEQ_CST)) {
		pthread_mutex_lock(&records->reader.lock);
		replace(records);
		pthread_mutex_unlock(&records->reader.lock);
	} else if (!c->db) {
		pthread_mutex_lock(&records->reader.lock);
		connect_both(records);
		pthread_mutex_unlock(&records->reader.lock);
	}
	while (c->db && used_bytes(c) > records->limit) {
		int64_t oldest = first_number(records, statement(c, OLDEST), 0);
		int err = oldest ? run(c->db, "BEGIN IMMEDIATE") : -ENOENT;

		if (err == 0)
			err = drop_scope(records, oldest);
		if (err == 0)
			err = run(c->db, "COMMIT");
		if (err < 0) {
			run(c->db, "ROLLBACK");
			break;
		}
	}
	pthread_mutex_unlock(&c->lock);
}

int records_clear(struct records *records)
{
	struct connection *c = &records->writer;
	int err;

	pthread_mutex_lock(&c->lock);
	err = c->db ? run(c->db, "BEGIN IMMEDIATE;"
				 "DELETE FROM record; DELETE FROM part;"
				 "DELETE FROM scope; COMMIT; VACUUM")
		    : -EIO;
	pthread_mutex_unlock(&c->lock);
	return err;
}

void records_stats(struct records *records, struct records_stats *stats)
{
	struct connection *c = &records->reader;
	sqlite3_stmt *s;

	*stats = (struct records_stats){ .replaced = records->replaced };
	pthread_mutex_lock(&c->lock);
	s = statement(c, COUNT_RECORDS);
	if (s)
		stats->records = (uint64_t)first_number(records, s, 0);
	s = statement(c, COUNT_SCOPES);
	if (s)
		stats->scopes = (uint64_t)first_number(records, s, 0);
	stats->bytes = used_bytes(c);
	pthread_mutex_unlock(&c->lock);
}
