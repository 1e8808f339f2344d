/*
 * The volumes of a container, in a mount namespace of its own. All sources are copied before
 * anything is mounted, so that no volume hides the source of another; and each is attached only
 * once it is read-only, with all that is mounted below it, where it has to be.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's sys/mount.h and linux/mount.h do not go together everywhere. */
extern int mount(const char *, const char *, const char *, unsigned long, const void *);
#define RECURSIVE 16384ul
#define SLAVE (1ul << 19)

static int set_attributes(int tree, const char *path, uint64_t set, uint64_t propagation) {
  struct mount_attr wanted = {.attr_set = set, .propagation = propagation};
  return (int)syscall(SYS_mount_setattr, tree, path, AT_EMPTY_PATH | AT_RECURSIVE, &wanted,
                      sizeof wanted);
}

/* The place to mount on: made where the node lacks it, as a runtime makes it in an image. */
static int make_target(const char *path, int directory) {
  char parent[4096];
  struct stat status;
  if (stat(path, &status) == 0) return 0;
  if (strlen(path) >= sizeof parent) {
    errno = ENAMETOOLONG;
    return -1;
  }
  for (const char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
    memcpy(parent, path, (size_t)(at - path));
    parent[at - path] = 0;
    if (mkdir(parent, 0755) != 0 && errno != EEXIST) return -1;
  }
  if (directory) return mkdir(path, 0755) != 0 && errno != EEXIST ? -1 : 0;
  int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  return close(fd);
}

/*
 * A copy of what is mounted at a path, which the agent gives without links in it. None is followed:
 * whoever can write there must not show another place to the container after it was looked at.
 */
static int copy_tree(const char *source) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
  int place = (int)syscall(SYS_openat2, AT_FDCWD, source, &how, sizeof how);
  if (place < 0) return -1;
  int tree = (int)syscall(SYS_open_tree, place, "",
                          OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
  int failure = errno;
  close(place);
  errno = failure;
  return tree;
}

static const char *copy_sources(struct config *config, const char **what) {
  for (int i = 0; i < config->mount_count; i++) {
    struct mount_entry *entry = &config->mounts[i];
    *what = entry->source;
    entry->tree = copy_tree(entry->source);
    if (entry->tree < 0) return "the volume's source cannot be mounted";
    uint64_t propagation = entry->from_host ? SLAVE : 1ul << 18 /* private */;
    uint64_t set = entry->read_only ? MOUNT_ATTR_RDONLY : 0;
    if (set_attributes(entry->tree, "", set, propagation) != 0)
      return "the volume's source cannot be made read-only (this needs Linux 5.12)";
  }
  return NULL;
}

/* Makes the place of one volume, whose copy is at hand. */
static const char *prepare(struct mount_entry *entry, const char **what) {
  struct stat status;
  *what = entry->source;
  if (fstat(entry->tree, &status) != 0) return "the volume's source cannot be read";
  *what = entry->target;
  if (make_target(entry->target, S_ISDIR(status.st_mode)) != 0)
    return "the mount point is missing and cannot be made";
  return NULL;
}

const char *make_mounts(struct config *config, const char **what) {
  const char *why = NULL;
  if (config->mount_count == 0 && !config->read_only_root) return NULL;
  *what = "/";
  if (unshare(CLONE_NEWNS) != 0) return "no mount namespace of its own";
  if ((why = copy_sources(config, what)) != NULL) return why;
  *what = "/";
  if (mount(NULL, "/", NULL, RECURSIVE | SLAVE, NULL) != 0)
    return "the mount namespace cannot be cut off from the node's";
  if (config->read_only_root) {
    for (int i = 0; i < config->mount_count; i++)
      if ((why = prepare(&config->mounts[i], what)) != NULL) return why;
    *what = "/";
    if (set_attributes(AT_FDCWD, "/", MOUNT_ATTR_RDONLY, 0) != 0)
      return "the root cannot be made read-only (this needs Linux 5.12)";
  }
  /* In order: a volume may hold the place of the next one. */
  for (int i = 0; i < config->mount_count; i++) {
    struct mount_entry *entry = &config->mounts[i];
    if ((why = prepare(entry, what)) != NULL) return why;
    if (syscall(SYS_move_mount, entry->tree, "", AT_FDCWD, entry->target,
                MOVE_MOUNT_F_EMPTY_PATH) != 0)
      return "the volume cannot be mounted there";
    close(entry->tree);
  }
  return NULL;
}
