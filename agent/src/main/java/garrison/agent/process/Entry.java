package garrison.agent.process;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import garrison.agent.runtime.ContainerSpec;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One container in memory. Its own lock guards what changes. */
final class Entry {
  private final Path directory;
  private ContainerRecord record;
  private @Nullable ContainerSpec spec;
  private @Nullable Properties state;
  private @Nullable ExitRecord exit;

  /** A new one, or one found on disk (then without spec). */
  Entry(Path directory, ContainerRecord record, @Nullable ContainerSpec spec) {
    this.directory = directory;
    this.record = record;
    this.spec = spec;
  }

  Path directory() {
    return directory;
  }

  synchronized ContainerRecord record() {
    return record;
  }

  synchronized void joined(ContainerRecord withCgroups) {
    record = withCgroups;
  }

  /** What to start; null once started: the environment is not kept longer than needed. */
  synchronized @Nullable ContainerSpec takeSpec() {
    ContainerSpec taken = spec;
    spec = null;
    return taken;
  }

  synchronized @Nullable Properties state() {
    return state;
  }

  synchronized void started(Properties launched) {
    state = launched;
    notifyAll();
  }

  synchronized @Nullable ExitRecord exit() {
    return exit;
  }

  /** The first record of its end counts. */
  synchronized void ended(ExitRecord how) {
    if (exit == null) {
      exit = how;
      notifyAll();
    }
  }

  /** Waits for the end, at most so long; whether it has come. */
  synchronized boolean awaitEnd(long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    while (exit == null) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** Pid of the container's main process, 0 before its start. */
  synchronized long pid() {
    return state == null ? 0 : state.number("pid");
  }

  /** Whether launcher and agent still know of a live container. */
  synchronized boolean launcherAlive() {
    return state != null && Proc.alive(state.number("launcher"), state.number("launcher-start"));
  }

  synchronized Container view() {
    Instant started = state == null ? null : state.time("started");
    if (exit != null) {
      Instant from = exit.startedAt() == null ? started : exit.startedAt();
      return container(State.EXITED, from, exit);
    }
    return container(state == null ? State.CREATED : State.RUNNING, started, null);
  }

  private Container container(State now, @Nullable Instant started, @Nullable ExitRecord end) {
    return new Container(
        record.id(),
        record.sandboxId(),
        record.name(),
        record.attempt(),
        record.image(),
        record.image(),
        now,
        record.createdAt(),
        started,
        end == null ? null : end.finishedAt(),
        end == null ? 0 : end.code(),
        end == null ? "" : end.reason(),
        end == null ? "" : end.message(),
        record.logPath(),
        record.hash(),
        record.annotations(),
        null);
  }
}
