// SPDX-License-Identifier: MIT
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_agx.h>

static void print_message(const char *format, va_list ap)
{
	/* Behind what was printed before, where both go to the same place. */
	fflush(stdout);
	fputs("agx-cli: ", stderr);
	vfprintf(stderr, format, ap);
}

void cli_message(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_message(format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

enum cli_exit cli_usage(const struct cli *cli, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_message(format, ap);
	va_end(ap);
	fprintf(stderr, "; see agx-cli %s%s--help\n", cli->verb ? cli->verb->name : "",
		cli->verb ? " " : "");
	return CLI_EXIT_USAGE;
}

const char *cli_errno_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
		{ E2BIG, "E2BIG" },
		{ EACCES, "EACCES" },
		{ EAGAIN, "EAGAIN" },
		{ EBADF, "EBADF" },
		{ EBUSY, "EBUSY" },
		{ ECANCELED, "ECANCELED" },
		{ EEXIST, "EEXIST" },
		{ EFAULT, "EFAULT" },
		{ EINTR, "EINTR" },
		{ EINVAL, "EINVAL" },
		{ EIO, "EIO" },
		{ EISDIR, "EISDIR" },
		{ EMFILE, "EMFILE" },
		{ ENFILE, "ENFILE" },
		{ ENODATA, "ENODATA" },
		{ ENODEV, "ENODEV" },
		{ ENOENT, "ENOENT" },
		{ ENOMEM, "ENOMEM" },
		{ ENOSPC, "ENOSPC" },
		{ ENOTTY, "ENOTTY" },
		{ ENXIO, "ENXIO" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
		{ EPERM, "EPERM" },
		{ ERANGE, "ERANGE" },
		{ ESRCH, "ESRCH" },
		{ ETIME, "ETIME" },
		{ ETIMEDOUT, "ETIMEDOUT" },
	};
	static char number[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].err == abs(err))
			return names[i].name;

	snprintf(number, sizeof(number), "errno %d", abs(err));
	return number;
}

enum cli_exit cli_failure(int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_message(format, ap);
	va_end(ap);
	fprintf(stderr, ": %s: %s\n", cli_errno_name(err), strerror(abs(err)));
	return CLI_EXIT_CALL_FAILED;
}

static void print_verb_help(const struct cli_verb *verb)
{
	printf("usage: agx-cli %s [--device PATH]%s\n\n%s\n\n", verb->name,
	       verb->options ? " [OPTION...]" : "", verb->summary);
	if (verb->options)
		fputs(verb->options, stdout);
	printf("  --device PATH  the GPU's node, instead of the first GPU\n"
	       "  --help         this text\n");
}

bool cli_option(struct cli *cli, int option, char **argv, enum cli_exit *status)
{
	switch (option) {
	case 'd':
		cli->device = optarg;
		return true;
	case 'h':
		print_verb_help(cli->verb);
		*status = CLI_EXIT_OK;
		return false;
	case ':':
		*status = cli_usage(cli, "option %s lacks its argument", argv[optind - 1]);
		return false;
	default:
		*status = optopt ? cli_usage(cli, "no option -%c", optopt) :
				   cli_usage(cli, "no option %s", argv[optind - 1]);
		return false;
	}
}

bool cli_no_arguments(struct cli *cli, int argc, char **argv)
{
	if (optind == argc)
		return true;

	cli_usage(cli, "%s takes no argument \"%s\"", cli->verb->name, argv[optind]);
	return false;
}

enum cli_exit cli_open(const struct cli *cli, struct drm_agx_device **dev)
{
	const char *path = cli->device;
	int ret;

	ret = path ? drm_agx_device_open_path(path, dev) : drm_agx_device_open(dev);
	switch (ret) {
	case 0:
		return CLI_EXIT_OK;
	case -EACCES:
	case -EPERM:
		if (path)
			cli_failure(ret, "no permission to open %s", path);
		else
			cli_failure(ret, "no permission to open the render nodes in /dev/dri");
		return CLI_EXIT_NO_PERMISSION;
	case -ENODEV:
	case -ENOTTY:
		if (path)
			cli_message("%s is no working device of the driver asahi", path);
		else
			cli_message("/dev/dri has no working device of the driver asahi");
		return CLI_EXIT_NO_DEVICE;
	case -EISDIR:
	case -ENOENT:
	case -ENOTDIR:
	case -ENXIO:
		cli_failure(ret, "cannot open %s", path ? path : "a render node in /dev/dri");
		return CLI_EXIT_NO_DEVICE;
	default:
		return cli_failure(ret, "cannot open %s (open, VERSION or GET_PARAMS)",
				   path ? path : "a render node in /dev/dri");
	}
}

const char *cli_device_path(const struct drm_agx_device *dev, char *buf, size_t size)
{
	char link[32];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", drm_agx_device_fd(dev));
	len = readlink(link, buf, size - 1);
	buf[len > 0 ? len : 0] = '\0';
	return buf;
}
