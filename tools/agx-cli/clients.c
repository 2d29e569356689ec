// SPDX-License-Identifier: MIT
#include "clients.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODES "/dev/dri/"

struct search {
	struct clients *clients;
	const char *proc;
	const char *driver;
	dev_t rdev;
};

static int compare(const void *left, const void *right)
{
	const struct client *a = left, *b = right;

	if (a->rdev != b->rdev)
		return a->rdev < b->rdev ? -1 : 1;
	return (a->info.client > b->info.client) - (a->info.client < b->info.client);
}

static void read_command(const struct search *search, struct client *client)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u/comm", search->proc, client->pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(client->command, sizeof(client->command), file))
		client->command[0] = '\0';
	client->command[strcspn(client->command, "\n")] = '\0';
	fclose(file);
}

/* Several descriptors, also of several processes, may be of one client. */
static int add(const struct search *search, const struct client *found)
{
	struct clients *clients = search->clients;
	struct client *list;
	unsigned int i;

	for (i = 0; i < clients->num; i++) {
		if (compare(&clients->list[i], found))
			continue;
		clients->list[i].fds++;
		return 0;
	}
	list = realloc(clients->list, (clients->num + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	clients->list = list;
	list[clients->num] = *found;
	list[clients->num].fds = 1;
	read_command(search, &list[clients->num]);
	clients->num++;
	return 0;
}

/* Whether a descriptor is one of a node that is wanted. What has gone meanwhile is not. */
static bool is_wanted(const struct search *search, struct client *client, const char *fd)
{
	char path[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t len;
	FILE *file;
	bool read;

	snprintf(path, sizeof(path), "%s/%u/fd/%s", search->proc, client->pid, fd);
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	if (strncmp(target, NODES, strlen(NODES)))
		return false;
	client->rdev = stat(path, &st) ? 0 : st.st_rdev;
	if (search->rdev && client->rdev != search->rdev)
		return false;

	snprintf(path, sizeof(path), "%s/%u/fdinfo/%s", search->proc, client->pid, fd);
	file = fopen(path, "re");
	if (!file)
		return false;
	read = fdinfo_read(&client->info, file);
	fclose(file);
	return read && !strcmp(client->info.driver, search->driver);
}

static int look_at_process(const struct search *search, const char *pid)
{
	struct client client = { .pid = strtoul(pid, NULL, 10) };
	struct dirent *entry;
	char path[PATH_MAX];
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s/fd", search->proc, pid);
	dir = opendir(path);
	if (!dir) {
		search->clients->hidden += errno == EACCES || errno == EPERM;
		return 0;
	}
	while (!ret && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    is_wanted(search, &client, entry->d_name))
			ret = add(search, &client);
	closedir(dir);
	return ret;
}

int clients_find(struct clients *clients, const char *proc, const char *driver, dev_t rdev)
{
	const struct search search = { clients, proc, driver, rdev };
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	memset(clients, 0, sizeof(*clients));
	dir = opendir(proc);
	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			ret = look_at_process(&search, entry->d_name);
	closedir(dir);
	if (ret)
		clients_free(clients);
	else if (clients->num)
		qsort(clients->list, clients->num, sizeof(*clients->list), compare);
	return ret;
}

void clients_free(struct clients *clients)
{
	free(clients->list);
	memset(clients, 0, sizeof(*clients));
}
