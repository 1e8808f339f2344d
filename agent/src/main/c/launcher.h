/*
 * garrison-launcher: the parent of one container's processes.
 *
 * A JVM cannot be the parent of a daemon that has to outlive it. So each container gets one of
 * these: a small static program that starts the daemon in its own session, cgroup and mount
 * namespace, writes its output as a CRI log, waits for it, leaves nothing of it behind, and puts
 * down how it ended where the agent, or the next agent, finds it (spec: node-agent 4).
 *
 * It is told what to do on its standard input, never in argv, because the environment may hold
 * secrets; and it answers with one line on its standard output: "started PID" or "failed WHY".
 */
#ifndef GARRISON_LAUNCHER_H
#define GARRISON_LAUNCHER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_CGROUPS 8
#define MAX_MOUNTS 256
#define MAX_GROUPS 64
#define MAX_LIMITS 16
#define MAX_CLIENTS 8     /* who look at a container at once */
#define MAX_PACKET 65536  /* bytes of one packet */

struct mount_entry {
  const char *source;
  const char *target;
  int read_only;
  int from_host; /* mounts that the host makes later appear here, too */
  int tree;      /* the detached copy, once taken */
};

struct limit_entry {
  int resource;
  uint64_t soft;
  uint64_t hard;
};

/* What the agent wants; every string points into the text it sent. */
struct config {
  const char *state;      /* directory of this container, exists */
  const char *exit_file;  /* to be written, last of all, when it has ended */
  const char *log;        /* current log file; its directory exists */
  int64_t log_bytes;      /* size at which the log is rotated, 0: never */
  int64_t log_files;      /* files to keep, the current one among them */
  const char *directory;  /* working directory */
  const char *cgroups[MAX_CGROUPS];
  int cgroup_count;
  const char *own_cgroups[MAX_CGROUPS]; /* where the launcher itself lives */
  int own_cgroup_count;
  struct mount_entry mounts[MAX_MOUNTS];
  int mount_count;
  int read_only_root;
  struct limit_entry limits[MAX_LIMITS];
  int limit_count;
  int64_t user;  /* -1: unchanged */
  int64_t group; /* -1: unchanged */
  gid_t groups[MAX_GROUPS];
  int group_count;
  int no_new_privileges;
  uint64_t drop_capabilities; /* a bit for each */
  const char *oom_score;      /* NULL: unchanged */
  const char *pid_to_enter;   /* exec: a process whose mount namespace is entered */
  int64_t timeout_ms;         /* exec: 0 for none */
  int takes_input; /* else it reads nothing */
  int input_once;  /* its input ends with the first who typed into it */
  int terminal;    /* its three streams are one terminal */
  char **argv;
  char **envp;
};

/* config.c: reads the text from a descriptor; NULL and a reason where it makes no sense. */
struct config *config_read(int fd, const char **why);
/* The same, of a text that comes after its length (four bytes), and before other things. */
struct config *config_read_counted(int fd, const char **why);
void config_forget(struct config *config);

/* report.c */
void format(char *to, size_t size, const char *pattern, ...) __attribute__((format(printf, 3, 4)));
int write_all(int fd, const char *bytes, size_t length);
int write_file(const char *path, const char *text);
/* The beginning of a file as a string; its length, -1 where it cannot be read. */
ssize_t read_file(const char *path, char *to, size_t size);
/* What a child could tell before it became its command: put behind what is in why, as a string.
 * Whether it told anything. Closes fd. */
int read_failure(int fd, char *why, size_t size);
uint64_t start_ticks(pid_t pid);
int64_t now_nanos(void);
int64_t monotonic_ms(void);

/* child.c: becomes the container; returns only on failure, with the reason. */
const char *become(struct config *config, const char **what);

/* mounts.c */
const char *make_mounts(struct config *config, const char **what);

/* cgroup.c */
int cgroup_join(const char *directory);
int cgroup_kill(const struct config *config);
int64_t cgroup_oom_kills(const struct config *config);
void cgroup_remove(const struct config *config);

/* streams.c */
struct streams {
  int theirs[3]; /* the command's ends */
  int input;     /* ours; -1 where it takes none */
  int output;    /* ours; of a terminal, all of it */
  int error;     /* ours; -1 with a terminal */
};
struct feed {
  int fd; /* -1: no input, or none any more */
  int ending;
  size_t length; /* bytes that wait */
  char bytes[MAX_PACKET];
};
int streams_open(struct streams *streams, const struct config *config);
void streams_take(const struct streams *streams);
void streams_leave(struct streams *streams);
int feed_waits(const struct feed *feed);
void feed_go_on(struct feed *feed);
void feed_take(struct feed *feed, const char *bytes, size_t length);
void feed_end(struct feed *feed, int terminal);
void resize(int terminal, const char *bytes, size_t length);

/* packets.c */
struct packet {
  int channel;
  size_t length;
  size_t have; /* bytes read so far, head and all */
  unsigned char head[5];
  char bytes[MAX_PACKET];
};
int packet_write(int fd, int channel, const char *bytes, size_t length);
int packet_read(int fd, struct packet *packet);

/* attach.c */
struct pollfd;
void attach_open(const struct config *config, const struct streams *streams);
void attach_output(int stream, const char *bytes, size_t length);
void attach_wants(struct pollfd *polled);
void attach_serve(const struct pollfd *polled);
int run_attach(struct config *config);

/* log.c */
void log_open(const struct config *config);
void log_reopen(void);
void log_take(int stream, const char *bytes, size_t length);
void log_flush(void);

/* supervise.c: waits for the container and writes how it ended. */
void supervise(struct config *config, pid_t main_pid, int out, int err, int control);

/* exec.c: one command in a running container. */
int run_exec(struct config *config);

/* session.c: one that somebody talks to. */
int run_session(struct config *config);

#endif
