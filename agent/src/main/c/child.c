/* From the launcher's child to the container's main process. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static const char *enter_mounts(const char *pid, const char **what) {
  char path[64];
  format(path, sizeof path, "/proc/%s/ns/mnt", pid);
  *what = pid;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNS) != 0) return "its mount namespace cannot be entered";
  close(fd);
  return NULL;
}

static const char *drop_capabilities(uint64_t drop, int bounding_only) {
  for (int capability = 0; capability < 64; capability++)
    if (drop >> capability & 1 && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1 &&
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
      return "the capabilities cannot be dropped";
  if (bounding_only) return NULL;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return "the capabilities cannot be read";
  for (int i = 0; i < 2; i++) {
    uint32_t keep = ~(uint32_t)(drop >> (32 * i));
    data[i].effective &= keep;
    data[i].permitted &= keep;
    data[i].inheritable &= keep;
  }
  return syscall(SYS_capset, &header, data) == 0 ? NULL : "the capabilities cannot be dropped";
}

static const char *change_user(struct config *config, const char **what) {
  const char *why = NULL;
  *what = "securityContext";
  if (config->drop_capabilities != 0 &&
      (why = drop_capabilities(config->drop_capabilities, 1)) != NULL)
    return why;
  /* As root only: others have no supplementary groups to give away, and keep their own. */
  if (geteuid() == 0 && setgroups((size_t)config->group_count, config->groups) != 0)
    return "the supplementary groups cannot be set";
  if (config->group >= 0 && setresgid((gid_t)config->group, (gid_t)config->group,
                                      (gid_t)config->group) != 0)
    return "the group cannot be changed to runAsGroup";
  if (config->user >= 0 &&
      setresuid((uid_t)config->user, (uid_t)config->user, (uid_t)config->user) != 0)
    return "the user cannot be changed to runAsUser";
  if (config->drop_capabilities != 0 &&
      (why = drop_capabilities(config->drop_capabilities, 0)) != NULL)
    return why;
  if (config->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return "privilege escalation cannot be ruled out";
  return NULL;
}

static void default_signals(void) {
  sigset_t none;
  for (int signal_number = 1; signal_number < 65; signal_number++)
    signal(signal_number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

const char *become(struct config *config, const char **what) {
  const char *why = NULL;
  setsid();
  if (config->terminal && ioctl(0, TIOCSCTTY, 0) != 0) return "it cannot have the terminal";
  for (int i = 0; i < config->cgroup_count; i++)
    if (cgroup_join(*what = config->cgroups[i]) != 0) return "the cgroup cannot be joined";
  if (config->oom_score != NULL) write_file("/proc/self/oom_score_adj", config->oom_score);
  if (config->pid_to_enter != NULL) why = enter_mounts(config->pid_to_enter, what);
  else why = make_mounts(config, what);
  if (why != NULL) return why;
  for (int i = 0; i < config->limit_count; i++) {
    struct rlimit limit = {config->limits[i].soft, config->limits[i].hard};
    *what = "rlimit";
    if (setrlimit((__rlimit_resource_t)config->limits[i].resource, &limit) != 0)
      return "a resource limit cannot be set";
  }
  umask(022);
  if ((why = change_user(config, what)) != NULL) return why;
  /* As the user it will be: a directory closed to that user is an error now, not a surprise. */
  *what = config->directory == NULL ? "/" : config->directory;
  if (chdir(*what) != 0) return "the working directory cannot be entered";
  default_signals();
  /* The daemon must not outlive the one that reads its output and will tell how it ended. */
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  environ = config->envp;
  *what = config->argv[0];
  execvp(config->argv[0], config->argv);
  return "the command cannot be started";
}
