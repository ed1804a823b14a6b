/*
 * lexer.h - the words of a Nix expression
 *
 * lexer_next() cuts the next token off the text. What a token is depends on
 * where the text is: after a quote or a path the parser calls
 * lexer_string(), lexer_indented() or lexer_path() instead, until the string
 * or path is over.
 *
 * The text need not end with a NUL. A NUL outside of strings and comments ends
 * the text, as in Nix.
 */
#ifndef EVAL_LEXER_H
#define EVAL_LEXER_H

#include "eval/symbol.h"
#include "eval/value.h"

/* In the order in which messages list what was expected. */
enum token_kind {
	TOK_EOF,
	TOK_INVALID, /* a byte that begins no token */
	TOK_ID,	     /* sym */
	TOK_STR,
	TOK_IND_STR,
	TOK_INT,   /* integer */
	TOK_FLOAT, /* number */
	TOK_PATH,  /* a path begins: a/b, ./a, /a, and before a/${ the a/ */
	TOK_HPATH, /* ~/a */
	TOK_SPATH, /* <a> */
	TOK_PATH_END,
	TOK_URI,
	TOK_IF, /* keywords, in the order of their symbols */
	TOK_THEN,
	TOK_ELSE,
	TOK_ASSERT,
	TOK_WITH,
	TOK_LET,
	TOK_IN,
	TOK_REC,
	TOK_INHERIT,
	TOK_OR_KW,
	TOK_EQ,
	TOK_NEQ,
	TOK_LEQ,
	TOK_GEQ,
	TOK_UPDATE,
	TOK_CONCAT,
	TOK_AND,
	TOK_OR,
	TOK_IMPL,
	TOK_PIPE_FROM, /* <| */
	TOK_PIPE_INTO, /* |> */
	TOK_DOLLAR_CURLY,
	TOK_IND_OPEN,
	TOK_IND_CLOSE,
	TOK_ELLIPSIS,
	TOK_LESS,
	TOK_GREATER,
	TOK_NOT,
	TOK_PLUS,
	TOK_MINUS,
	TOK_TIMES,
	TOK_DIVIDE,
	TOK_QUESTION,
	TOK_COLON,
	TOK_AT,
	TOK_SEMICOLON,
	TOK_ASSIGN,
	TOK_COMMA,
	TOK_DOT,
	TOK_QUOTE,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_LBRACE,
	TOK_RBRACE,
	TOK_LBRACKET,
	TOK_RBRACKET,
	TOK_COUNT,
};

struct token {
	uint32_t kind;	     /* enum token_kind */
	uint32_t start, end; /* bytes of the text */
	union {
		/* 0 for a name before `:` or `@` that is new: Nix interns a
		 * parameter after the function's body. */
		symbol sym;
		int64_t integer;
		double number;
		/* TOK_STR of a string: the bytes stand for themselves, no
		 * escapes or carriage returns among them. */
		bool plain;
		/* TOK_IND_STR: it may begin with indentation; the others are
		 * escapes. */
		bool indentation;
	} as;
};

struct lexer {
	struct eval *ev;
	const char *text, *p, *end;
	pos_t base; /* position of the text's first byte */
	bool pipes; /* |> and <| are allowed */
	/* Bytes of paths stand from a place before p up to here: looked for
	 * once, not for each of the tokens in it. */
	const char *path_run;
	/* A path's last piece ended in a slash; and where it, and the piece
	 * before it, lie: where Nix says that a path ends. */
	bool slash;
	uint32_t piece, piece_before;
	uint32_t eof; /* where messages put the end of the text */
	struct token tok;
};

/* The text must be shorter than 4 GB. */
void lexer_init(struct lexer *lex, struct eval *ev, const char *text,
		size_t len, pos_t base);

/* Each of these puts a token into lex->tok; 0, or -1 with an error. */
int lexer_next(struct lexer *lex);
/* Inside "...": TOK_STR, TOK_DOLLAR_CURLY, TOK_QUOTE, TOK_EOF. */
int lexer_string(struct lexer *lex);
/* Inside ''...'': TOK_IND_STR, TOK_DOLLAR_CURLY, TOK_IND_CLOSE, TOK_EOF. */
int lexer_indented(struct lexer *lex);
/* After TOK_PATH or TOK_HPATH and what follows it: TOK_STR, TOK_DOLLAR_CURLY,
 * TOK_PATH_END. */
int lexer_path(struct lexer *lex);
/* After the brace that ends ${} in a path, before lexer_path(). */
void lexer_path_resume(struct lexer *lex);

/* "identifier", "';'", ...: what messages call the kind of token. */
const char *token_name(enum token_kind kind);

/*
 * The bytes that the raw text of a string stands for: escapes resolved,
 * carriage returns made newlines. out has room for len bytes; gives how many
 * were written.
 */
size_t lexer_unescape(const char *raw, size_t len, char *out);

#endif
