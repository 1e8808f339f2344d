#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void format(char *to, size_t size, const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  vsnprintf(to, size, pattern, arguments);
  va_end(arguments);
}

int write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return -1;
    bytes += written;
    length -= (size_t)written;
  }
  return 0;
}

int write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  int result = write_all(fd, text, strlen(text));
  int saved = errno;
  close(fd);
  errno = saved;
  return result;
}

ssize_t read_file(const char *path, char *to, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, to, size - 1);
  close(fd);
  if (length >= 0) to[length] = 0;
  return length;
}

int read_failure(int fd, char *why, size_t size) {
  size_t before = strlen(why), used = before;
  for (ssize_t got; used < size - 1; used += (size_t)got) {
    got = read(fd, why + used, size - 1 - used);
    if (got < 0 && errno == EINTR) got = 0;
    else if (got <= 0) break;
  }
  close(fd);
  why[used] = 0;
  return used > before;
}

/* Field 22 of /proc/PID/stat: with the pid it names a process for as long as the machine is up. */
uint64_t start_ticks(pid_t pid) {
  char path[64], text[1024];
  format(path, sizeof path, "/proc/%d/stat", (int)pid);
  if (read_file(path, text, sizeof text) <= 0) return 0;
  char *at = strrchr(text, ')'); /* the name may hold spaces and parentheses */
  for (int field = 2; at != NULL && field < 22; field++) at = strchr(at + 1, ' ');
  return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

int64_t now_nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
