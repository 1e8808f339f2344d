/*
 * The log of a container in the CRI format (spec: node-agent 3.9): time, stream, F or P, text. Lines
 * over 16 KiB are cut, and all but the last piece marked P. A full disk loses lines, never the
 * daemon: its output is always read.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 16384

static const struct config *wanted; /* its paths move once, so none is kept here */
static int file = -1;
static int64_t size;

static struct {
  char bytes[LONGEST];
  size_t length;
} held[2]; /* a line that has not ended yet, per stream */

void log_reopen(void) {
  int opened = open(wanted->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (opened < 0) return; /* the old one goes on being written */
  if (file >= 0) close(file);
  file = opened;
  struct stat status;
  size = fstat(file, &status) == 0 ? status.st_size : 0;
}

void log_open(const struct config *config) {
  wanted = config;
  log_reopen();
}

/* Removes the oldest rotated files; their names sort by time. */
static void prune(void) {
  char directory[4096], oldest[256];
  const char *path = wanted->log;
  int64_t files = wanted->log_files < 2 ? 2 : wanted->log_files;
  const char *slash = strrchr(path, '/');
  if (slash == NULL || (size_t)(slash - path) >= sizeof directory) return;
  memcpy(directory, path, (size_t)(slash - path));
  directory[slash - path] = 0;
  size_t stem = strlen(slash + 1);
  for (;;) {
    DIR *all = opendir(directory);
    if (all == NULL) return;
    int64_t count = 0;
    oldest[0] = 0;
    for (struct dirent *entry = readdir(all); entry != NULL; entry = readdir(all)) {
      if (strncmp(entry->d_name, slash + 1, stem) != 0 || entry->d_name[stem] != '.') continue;
      count++;
      if (oldest[0] == 0 || strcmp(entry->d_name, oldest) < 0)
        format(oldest, sizeof oldest, "%s", entry->d_name);
    }
    int failed = count > files - 1 && unlinkat(dirfd(all), oldest, 0) != 0;
    closedir(all);
    if (count <= files || failed) return;
  }
}

static void rotate(void) {
  char to[4096], moment[32];
  const char *path = wanted->log;
  time_t now = time(NULL);
  struct tm local;
  localtime_r(&now, &local);
  strftime(moment, sizeof moment, "%Y%m%d-%H%M%S", &local);
  format(to, sizeof to, "%s.%s", path, moment);
  for (int i = 1; access(to, F_OK) == 0 && i < 1000; i++)
    format(to, sizeof to, "%s.%s-%03d", path, moment, i);
  if (rename(path, to) != 0 && errno != ENOENT) return;
  log_reopen();
  prune();
}

static void put(int stream, char tag, const char *bytes, size_t length) {
  char head[64];
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  size_t used = strftime(head, sizeof head, "%Y-%m-%dT%H:%M:%S", &utc);
  format(head + used, sizeof head - used, ".%09ldZ %s %c ", now.tv_nsec,
         stream == 0 ? "stdout" : "stderr", tag);
  struct iovec parts[3] = {
      {head, strlen(head)}, {(void *)bytes, length}, {(void *)"\n", 1}};
  if (file < 0) log_reopen();
  if (file < 0) return;
  ssize_t written = writev(file, parts, 3);
  if (written > 0) size += written;
  if (wanted->log_bytes > 0 && size >= wanted->log_bytes) rotate();
}

void log_take(int stream, const char *bytes, size_t length) {
  while (length > 0) {
    size_t room = LONGEST - held[stream].length;
    const char *end = memchr(bytes, '\n', length < room ? length : room);
    size_t part = end != NULL ? (size_t)(end - bytes) : length < room ? length : room;
    memcpy(held[stream].bytes + held[stream].length, bytes, part);
    held[stream].length += part;
    if (end != NULL || held[stream].length == LONGEST) {
      put(stream, end != NULL ? 'F' : 'P', held[stream].bytes, held[stream].length);
      held[stream].length = 0;
    }
    part += end != NULL;
    bytes += part;
    length -= part;
  }
}

/* At the end: what has no line end is a whole line all the same. */
void log_flush(void) {
  for (int stream = 0; stream < 2; stream++)
    if (held[stream].length > 0) {
      put(stream, 'F', held[stream].bytes, held[stream].length);
      held[stream].length = 0;
    }
}
