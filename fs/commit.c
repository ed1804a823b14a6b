/*
 * commit.c - make one commit of some changed files
 */
#include "fs/commit_private.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fs/repo.h"

#define LOCK_TRIES                                                             \
	60 /* of 20 to 80 ms: another git is busy for some seconds             \
	    */

int commit_fail(struct commit *commit, int err, const char *format, ...)
{
	va_list args;

	buf_reset(commit->message);
	buf_add_text(commit->message, "error: ");
	va_start(args, format);
	buf_add_vformat(commit->message, format, args);
	va_end(args);
	buf_add_char(commit->message, '\n');
	return err;
}

int commit_fail_git(struct commit *commit, const char *what)
{
	const git_error *error = git_error_last();
	int err = -EIO;

	if (error && error->klass == GIT_ERROR_NOMEMORY)
		err = -ENOMEM;
	else if (error && error->klass == GIT_ERROR_OS && errno > 0 &&
		 (errno == EACCES || errno == EROFS || errno == ENOSPC ||
		  errno == EDQUOT))
		err = -errno;
	return commit_fail(commit, err, "%s: %s", what,
			   error ? error->message : "unknown");
}

static void nap(void)
{
	struct timespec t = { 0, (20 + random() % 60) * 1000000L };

	nanosleep(&t, NULL);
}

/* --- index.lock --------------------------------------------------------- */

static int lock_index(struct commit *commit)
{
	int fd;

	if (git_repository_is_bare(commit->repo))
		return 0;
	if (asprintf(&commit->index_path, "%sindex",
		     git_repository_path(commit->repo)) < 0)
		return -ENOMEM;
	if (asprintf(&commit->lock_path, "%s.lock", commit->index_path) < 0)
		return -ENOMEM;
	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		fd = open(commit->lock_path,
			  O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
		if (fd >= 0) {
			close(fd);
			commit->locked = true;
			return 0;
		}
		if (errno != EEXIST)
			return commit_fail(commit, -errno, "%s: %s",
					   commit->lock_path, strerror(errno));
		nap();
	}
	return commit_fail(
		commit, -EBUSY,
		"%s exists: another git is busy, or one that crashed left "
		"it behind",
		commit->lock_path);
}

static void unlock_index(struct commit *commit)
{
	if (commit->locked)
		unlink(commit->lock_path);
	commit->locked = false;
}

/* --- what is there ------------------------------------------------------ */

static int find_head(struct commit *commit)
{
	git_reference *head = NULL, *target = NULL;
	char id[GIT_OID_HEXSZ + 1];
	int err = 0, code;

	if (git_repository_state(commit->repo) != GIT_REPOSITORY_STATE_NONE)
		return commit_fail(
			commit, -EBUSY,
			"a merge, rebase or the like is going on in the "
			"repository");
	code = git_reference_lookup(&head, commit->repo, "HEAD");
	if (code < 0)
		return commit_fail_git(commit, "HEAD");
	commit->ref = strdup(git_reference_type(head) == GIT_REFERENCE_SYMBOLIC
				     ? git_reference_symbolic_target(head)
				     : "HEAD");
	code = git_reference_resolve(&target, head);
	if (code == GIT_ENOTFOUND)
		err = commit_fail(
			commit, -EBUSY,
			"nothing is committed yet: commit the repository's "
			"files first");
	else if (code < 0 || !commit->ref)
		err = commit_fail_git(commit, "HEAD");
	if (err < 0)
		goto out;
	git_oid_cpy(&commit->head, git_reference_target(target));
	git_oid_tostr(id, sizeof(id), &commit->head);
	if (commit->request->head && strcmp(id, commit->request->head) != 0)
		err = commit_fail(commit, -EAGAIN, "HEAD moved meanwhile");
	else if (git_commit_lookup(&commit->parent, commit->repo,
				   &commit->head) < 0 ||
		 git_commit_tree(&commit->tree, commit->parent) < 0)
		err = commit_fail_git(commit, "HEAD");
out:
	git_reference_free(head);
	git_reference_free(target);
	return err;
}

/* The folder of the work tree that the file is in, by no symbolic link. */
static int open_folder(struct commit *commit, struct edit *edit)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	const char *workdir = git_repository_workdir(commit->repo);
	size_t len = (size_t)(edit->leaf - edit->path);
	char *folder;
	int top, err = 0;

	if (!workdir)
		return 0;
	top = open(workdir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return commit_fail(commit, -errno, "%s: %s", workdir,
				   strerror(errno));
	folder = len ? strndup(edit->path, len) : strdup(".");
	if (!folder)
		err = -ENOMEM;
	else if ((edit->folder = (int)syscall(SYS_openat2, top, folder, &how,
					      sizeof(how))) < 0)
		err = commit_fail(commit, -errno, "%s: %s", edit->path,
				  strerror(errno));
	free(folder);
	close(top);
	return err;
}

/* The file must be what the plan was made for, in HEAD and everywhere. */
static int check_file(struct commit *commit, struct edit *edit)
{
	const struct wire_change *change = edit->change;
	git_tree_entry *entry = NULL;
	git_blob *blob = NULL;
	struct buf bytes = BUF_INIT;
	unsigned status = 0;
	int err = 0, code;

	code = git_tree_entry_bypath(&entry, commit->tree, edit->path);
	if (code < 0 && code != GIT_ENOTFOUND) {
		err = commit_fail_git(commit, edit->path);
		goto out;
	}
	edit->mode = entry ? git_tree_entry_filemode(entry) : GIT_FILEMODE_BLOB;
	if (entry && edit->mode != GIT_FILEMODE_BLOB &&
	    edit->mode != GIT_FILEMODE_BLOB_EXECUTABLE) {
		err = commit_fail(commit, -EACCES, "%s is not an ordinary file",
				  edit->path);
		goto out;
	}

	if (edit->folder >= 0) {
		err = commit_read_file(edit->folder, edit->leaf, &bytes);
		if (change->created
			    ? err != -ENOENT
			    : err < 0 ||
				      !commit_is_text(&bytes, change->before)) {
			err = commit_fail(commit, -EAGAIN,
					  "%s changed meanwhile", edit->path);
			goto out;
		}
		err = 0;
		code = git_status_file(&status, commit->repo, edit->path);
		if (change->created ? code != GIT_ENOTFOUND
				    : code < 0 || status != GIT_STATUS_CURRENT)
			err = commit_fail(
				commit, -EBUSY,
				"%s has changes that aren't committed",
				edit->path);
		else if (!entry != change->created)
			err = commit_fail(commit, -EBUSY, "%s is not committed",
					  edit->path);
		goto out;
	}

	if (change->created) {
		if (entry)
			err = commit_fail(commit, -EAGAIN, "%s exists",
					  edit->path);
		goto out;
	}
	if (!entry || git_blob_lookup(&blob, commit->repo,
				      git_tree_entry_id(entry)) < 0) {
		err = commit_fail(commit, -EAGAIN, "%s changed meanwhile",
				  edit->path);
		goto out;
	}
	buf_add(&bytes, git_blob_rawcontent(blob),
		(size_t)git_blob_rawsize(blob));
	if (!commit_is_text(&bytes, change->before))
		err = commit_fail(commit, -EAGAIN, "%s changed meanwhile",
				  edit->path);
out:
	buf_release(&bytes);
	git_blob_free(blob);
	git_tree_entry_free(entry);
	return err;
}

/* --- new objects -------------------------------------------------------- */

static int write_blob(struct commit *commit, struct edit *edit)
{
	struct wire_text after = edit->change->after;
	git_filter_list *filters = NULL;
	git_buf filtered = { 0 };
	int code;

	/* What git would store of such a file: line ends, above all. */
	code = git_filter_list_load(&filters, commit->repo, NULL, edit->path,
				    GIT_FILTER_TO_ODB, GIT_FILTER_DEFAULT);
	if (code == 0 && filters)
		code = git_filter_list_apply_to_buffer(&filtered, filters,
						       after.bytes, after.len);
	if (code == 0)
		code = git_blob_create_from_buffer(
			&edit->blob, commit->repo,
			filters ? filtered.ptr : after.bytes,
			filters ? filtered.size : after.len);
	git_buf_dispose(&filtered);
	git_filter_list_free(filters);
	return code < 0 ? commit_fail_git(commit, edit->path) : 0;
}

/* "Name <mail>" */
static int parse_author(const char *text, git_signature **signature)
{
	const char *open = strrchr(text, '<'), *close = strrchr(text, '>');
	char *name, *mail;
	int code = -1;

	if (!open || !close || close < open)
		return git_signature_now(signature, text, "");
	name = strndup(text, (size_t)(open - text));
	mail = strndup(open + 1, (size_t)(close - open - 1));
	if (name && mail)
		code = git_signature_now(signature, name, mail);
	free(name);
	free(mail);
	return code;
}

/* As git does without configuration: from the user and the machine. */
static int default_author(git_signature **signature)
{
	const struct passwd *user = getpwuid(getuid());
	char host[256] = "localhost", mail[600];

	gethostname(host, sizeof(host) - 1);
	snprintf(mail, sizeof(mail), "%s@%s", user ? user->pw_name : "flakefs",
		 host);
	return git_signature_now(signature, user ? user->pw_name : "flakefs",
				 mail);
}

static int write_commit(struct commit *commit)
{
	const struct commit_request *request = commit->request;
	const git_commit *parents[] = { commit->parent };
	git_signature *signature = NULL;
	git_tree_update *updates;
	git_tree *tree = NULL;
	git_oid tree_id;
	int err = 0, code;

	updates = calloc(request->len, sizeof(*updates));
	if (!updates)
		return -ENOMEM;
	for (size_t i = 0; i < request->len; i++) {
		updates[i].action = GIT_TREE_UPDATE_UPSERT;
		updates[i].id = commit->edits[i].blob;
		updates[i].filemode = commit->edits[i].mode;
		updates[i].path = commit->edits[i].path;
	}
	code = request->author
		       ? parse_author(request->author, &signature)
		       : git_signature_default(&signature, commit->repo);
	if (code < 0 && !request->author)
		code = default_author(&signature);
	if (code == 0)
		code = git_tree_create_updated(&tree_id, commit->repo,
					       commit->tree, request->len,
					       updates);
	if (code == 0)
		code = git_tree_lookup(&tree, commit->repo, &tree_id);
	if (code == 0)
		code = git_commit_create(&commit->id, commit->repo, NULL,
					 signature, signature, NULL,
					 request->message, tree, 1, parents);
	if (code < 0)
		err = commit_fail_git(commit, "commit");
	git_tree_free(tree);
	git_signature_free(signature);
	free(updates);
	return err;
}

/* --- the branch and the index ------------------------------------------- */

static int swap_ref(struct commit *commit)
{
	const char *text = commit->request->message;
	git_reference *ref = NULL;
	char *log;
	int code = GIT_ELOCKED;

	if (asprintf(&log, "flakefs: %.*s", (int)strcspn(text, "\n"), text) < 0)
		return -ENOMEM;
	for (int tries = 0; code == GIT_ELOCKED && tries < LOCK_TRIES;
	     tries++) {
		if (tries)
			nap();
		code = git_reference_create_matching(&ref, commit->repo,
						     commit->ref, &commit->id,
						     1, &commit->head, log);
	}
	free(log);
	git_reference_free(ref);
	if (code == GIT_EMODIFIED || code == GIT_ENOTFOUND)
		return commit_fail(commit, -EAGAIN, "HEAD moved meanwhile");
	if (code == GIT_ELOCKED)
		return commit_fail(commit, -EBUSY,
				   "%s is locked by another git", commit->ref);
	return code < 0 ? commit_fail_git(commit, commit->ref) : 0;
}

static void fill_entry(const struct edit *edit, git_index_entry *entry)
{
	struct stat st = edit->st;

	/* The rename changed its ctime. */
	fstatat(edit->folder, edit->leaf, &st, AT_SYMLINK_NOFOLLOW);
	*entry = (git_index_entry){
		.ctime = { (int32_t)st.st_ctim.tv_sec,
			   (uint32_t)st.st_ctim.tv_nsec },
		.mtime = { (int32_t)st.st_mtim.tv_sec,
			   (uint32_t)st.st_mtim.tv_nsec },
		.dev = (uint32_t)st.st_dev,
		.ino = (uint32_t)st.st_ino,
		.mode = edit->mode,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.file_size = (uint32_t)st.st_size,
		.id = edit->blob,
		.path = edit->path,
	};
}

static int copy_file(const char *from, const char *to)
{
	struct buf bytes = BUF_INIT;
	int fd = -1, err = commit_read_file(AT_FDCWD, from, &bytes);
	size_t done = 0;

	if (err == -ENOENT)
		err = 0; /* no index yet */
	if (err < 0 || !bytes.len)
		goto out;
	fd = open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0)
		err = -errno;
	while (err == 0 && done < bytes.len) {
		ssize_t n = write(fd, bytes.data + done, bytes.len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = -errno;
	}
	if (fd >= 0)
		close(fd);
out:
	buf_release(&bytes);
	return err;
}

/*
 * A file that was changed in the second in which the index was written may look
 * as the index has it: git(1), which compares times by the second, looks into
 * those that are not older than the index ("racy git"). A newer index must not
 * make them seem older: the size 0 has git look.
 */
static int smudge_racy(git_index *index, const char *old_path)
{
	struct stat st;
	int code = 0;

	if (stat(old_path, &st) < 0)
		return 0; /* there is none */
	for (size_t i = 0; code == 0 && i < git_index_entrycount(index); i++) {
		git_index_entry entry = *git_index_get_byindex(index, i);

		if (entry.mtime.seconds < st.st_mtim.tv_sec ||
		    git_index_entry_stage(&entry) || !entry.file_size ||
		    entry.mode == GIT_FILEMODE_COMMIT)
			continue;
		entry.file_size = 0;
		code = git_index_add(index, &entry);
	}
	return code;
}

/*
 * libgit2 takes index.lock itself when it writes an index, and has no way to
 * write one whose lock is ours: so it writes a copy beside it, and the copy
 * becomes the lock, which is to become the index. All but that last step is
 * done before the branch moves: a `git commit` that reads the new branch and
 * the old index would take the change back.
 */
static int prepare_index(struct commit *commit)
{
	git_index *index = NULL;
	char *copy = NULL;
	int err, code = 0;

	if (!commit->locked)
		return 0;
	if (asprintf(&copy, "%s.flakefs", commit->index_path) < 0)
		return -ENOMEM;
	err = copy_file(commit->index_path, copy);
	if (err < 0)
		goto out;
	code = git_index_open(&index, copy);
	if (code == 0)
		code = smudge_racy(index, commit->index_path);
	for (size_t i = 0; code == 0 && i < commit->request->len; i++) {
		git_index_entry entry;

		fill_entry(&commit->edits[i], &entry);
		code = git_index_add(index, &entry);
	}
	if (code == 0)
		code = git_index_write(index);
	if (code < 0) {
		err = commit_fail_git(commit, commit->index_path);
		goto out;
	}
	if (rename(copy, commit->lock_path) < 0)
		err = commit_fail(commit, -errno, "%s: %s", commit->lock_path,
				  strerror(errno));
out:
	if (err < 0 && copy)
		unlink(copy);
	git_index_free(index);
	free(copy);
	return err;
}

/* What is in the lock becomes the index. */
static void publish_index(struct commit *commit)
{
	if (!commit->locked)
		return;
	if (rename(commit->lock_path, commit->index_path) < 0)
		commit_fail(commit, -errno, "%s: %s", commit->index_path,
			    strerror(errno));
	else
		commit->locked = false;
}

/* --- the whole ---------------------------------------------------------- */

static int open_edits(struct commit *commit)
{
	const struct commit_request *request = commit->request;
	int err;

	err = repo_prefix(commit->repo, request->repository, &commit->prefix);
	if (err < 0)
		return commit_fail(commit, err, "%s: %s", request->repository,
				   strerror(-err));
	commit->edits = calloc(request->len, sizeof(*commit->edits));
	if (!commit->edits)
		return -ENOMEM;
	for (size_t i = 0; i < request->len; i++)
		commit->edits[i].folder = -1;
	for (size_t i = 0; i < request->len; i++) {
		struct edit *edit = &commit->edits[i];

		edit->change = &request->changes[i];
		if (asprintf(&edit->path, "%s%.*s", buf_text(&commit->prefix),
			     buf_clip(edit->change->path.len),
			     edit->change->path.bytes) < 0) {
			edit->path = NULL;
			return -ENOMEM;
		}
		edit->leaf = strrchr(edit->path, '/');
		edit->leaf = edit->leaf ? edit->leaf + 1 : edit->path;
		err = open_folder(commit, edit);
		if (err < 0)
			return err;
	}
	return 0;
}

/* The new bytes are in the work tree: make them a commit. */
static int finish(struct commit *commit)
{
	int err;

	if (commit->request->program)
		return commit_by_program(commit);
	err = prepare_index(commit);
	if (err == 0)
		err = swap_ref(commit);
	if (err < 0)
		return err;
	/* It is committed now, come what may: an index that can't be put in
	 * place is a message, and `git status` shows it. */
	buf_reset(commit->message);
	publish_index(commit);
	return 0;
}

static int make(struct commit *commit)
{
	bool program = commit->request->program;
	size_t len = commit->request->len;
	int err;

	if (program && git_repository_is_bare(commit->repo))
		return commit_fail(commit, -ENOTSUP,
				   "git=program needs a work tree");
	/* git(1) takes the lock itself. */
	err = program ? 0 : lock_index(commit);
	if (err < 0)
		return err;
	err = find_head(commit);
	if (err < 0)
		return err;
	err = open_edits(commit);
	for (size_t i = 0; err == 0 && i < len; i++)
		err = check_file(commit, &commit->edits[i]);
	for (size_t i = 0; err == 0 && !program && i < len; i++)
		err = write_blob(commit, &commit->edits[i]);
	if (err == 0 && !program)
		err = write_commit(commit);
	if (err == 0)
		err = commit_write_files(commit);
	if (err == 0)
		err = finish(commit);
	for (size_t i = 0; err < 0 && commit->edits && i < len; i++)
		commit_restore_file(&commit->edits[i]);
	return err;
}

int commit_make(const struct commit_request *request, struct buf *id,
		struct buf *message)
{
	struct commit commit = { .request = request, .message = message };
	char text[GIT_OID_HEXSZ + 1];
	struct timespec now;
	int err;

	buf_reset(id);
	buf_reset(message);
	clock_gettime(CLOCK_REALTIME, &now);
	srandom((unsigned)now.tv_nsec ^ (unsigned)getpid() << 10);
	err = repo_open(request->repository, &commit.repo, message);
	if (err < 0)
		return err == -ENOENT ? -EACCES : err;
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	err = make(&commit);
	if (err == 0) {
		git_oid_tostr(text, sizeof(text), &commit.id);
		buf_add_text(id, text);
	}
	unlock_index(&commit);
	for (size_t i = 0; commit.edits && i < request->len; i++) {
		struct edit *edit = &commit.edits[i];

		if (edit->folder >= 0) {
			if (edit->temp[0])
				unlinkat(edit->folder, edit->temp, 0);
			close(edit->folder);
		}
		free(edit->path);
	}
	free(commit.edits);
	free(commit.index_path);
	free(commit.lock_path);
	free(commit.ref);
	buf_release(&commit.prefix);
	git_commit_free(commit.parent);
	git_tree_free(commit.tree);
	git_repository_free(commit.repo);
	return err;
}
