/*
 * lint.c - literals that Nix advises against, where the user asks for it
 */
#include "eval/buf.h"
#include "eval/parser.h"

static int report(struct parser *p, enum lint level, const char *setting,
		  pos_t pos, const char *text)
{
	struct eval *ev = p->ev;
	struct error *pending = ev->error;

	eval_fail(ev, ERROR_PARSE, pos, "%s (%s)", text, setting);
	if (level == LINT_FATAL || ev->error->kind == ERROR_MEMORY)
		return -1;
	if (ev->settings.messages)
		error_print_warning(ev, ev->error, ev->settings.messages);
	ev->error = pending;
	return 0;
}

int lint_url(struct parser *p, const struct token *tok)
{
	enum lint level = p->ev->settings.lint_urls;
	struct buf text = BUF_INIT;
	int err;

	if (level == LINT_IGNORE)
		return 0;
	buf_add_format(&text,
		       "URL literals are %s. Consider using a string literal "
		       "\"%.*s\" instead",
		       level == LINT_FATAL ? "disallowed" : "discouraged",
		       buf_clip(tok->end - tok->start),
		       p->lex.text + tok->start);
	err = report(p, level, "lint-url-literals", parser_pos(p, tok->start),
		     buf_text(&text));
	buf_release(&text);
	return err;
}

int lint_path(struct parser *p, const struct token *tok)
{
	const struct eval_settings *settings = &p->ev->settings;
	const char *bytes = p->lex.text + tok->start;
	int len = buf_clip(tok->end - tok->start);
	struct buf text = BUF_INIT;
	enum lint level;
	bool portable = *bytes != '/' && tok->kind != TOK_HPATH;
	int err = 0;

	level = portable ? settings->lint_short_paths
			 : settings->lint_absolute_paths;
	if (level == LINT_IGNORE || (portable && *bytes == '.'))
		return 0;
	if (portable)
		buf_add_format(
			&text,
			"relative path literal '%.*s' should be prefixed "
			"with '.' for clarity: './%.*s'",
			len, bytes, len, bytes);
	else
		buf_add_format(&text,
			       "%s path literals are not portable. Consider "
			       "replacing path literal '%.*s' by a string, "
			       "relative path, or parameter",
			       tok->kind == TOK_HPATH ? "home" : "absolute",
			       len, bytes);
	err = report(p, level,
		     portable ? "lint-short-path-literals"
			      : "lint-absolute-path-literals",
		     parser_pos(p, tok->start), buf_text(&text));
	buf_release(&text);
	return err;
}
