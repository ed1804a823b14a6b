/*
 * cli.h - the evaluator on the command line
 */
#ifndef EVAL_CLI_H
#define EVAL_CLI_H

/* `flakefs eval`: nix-instantiate --eval, with its flags and output. */
int cli_eval(int argc, char **argv);

/* `flakefs parse`: nix-instantiate --parse. */
int cli_parse(int argc, char **argv);

#endif
