/*
 * test_fake.c - flakefs with the workers of fake.h in place of the evaluator
 *
 * Called as flakefs is; without arguments, as the other tests are, it has
 * nothing to do. The tests in tests/mount/ that need no evaluation run it.
 */
#include "tests/fs/fake.h"

#include "fs/commit.h"
#include "fs/mount.h"

int main(int argc, char **argv)
{
	if (argc == 1)
		return 0;
	if (strcmp(argv[1], "--nursery") == 0)
		return fake_nursery(argc, argv);
	if (strcmp(argv[1], "--commit") == 0)
		return commit_main(argc - 1, argv + 1);
	return mount_main(argc, argv);
}
