package garrison.daemonset;

/**
 * Why the engine acts: the value that becomes the event, the log line, the metric's label and the
 * sentence in {@code explain}.
 */
public sealed interface Why {
  /** The reason in words, for a person. */
  String sentence();

  /** A stable word for metrics, such as {@code old_revision}. */
  String label();

  /** Reasons to create a pod. */
  sealed interface Create extends Why {}

  /** Reasons to delete a pod. */
  sealed interface Delete extends Why {}

  /** The node is eligible and has no pod (spec: daemonset 4.2, rule A). */
  record NodeLacksPod() implements Create {
    @Override
    public String sentence() {
      return "the node is eligible and has no pod";
    }

    @Override
    public String label() {
      return "missing";
    }
  }

  /** With surge: the node's pods are all ending or ended, the next one need not wait (4.3). */
  record NodeLacksRunningPod() implements Create {
    @Override
    public String sentence() {
      return "the node's pod is ending and surge lets the next one start beside it";
    }

    @Override
    public String label() {
      return "missing_surge";
    }
  }

  /** With surge: a pod of the new revision beside the old one that still serves (6.4). */
  record Surge(String oldPod) implements Create {
    @Override
    public String sentence() {
      return "a pod of the new revision starts beside " + oldPod;
    }

    @Override
    public String label() {
      return "surge";
    }
  }

  /** With surge: the old pod is not available, so its replacement needs no turn (6.4). */
  record SurgeForUnavailable(String oldPod) implements Create {
    @Override
    public String sentence() {
      return "the old pod " + oldPod + " is not available, a new one starts beside it";
    }

    @Override
    public String label() {
      return "surge_unavailable";
    }
  }

  /** The pod failed (4.3). */
  record PodFailed() implements Delete {
    @Override
    public String sentence() {
      return "the pod failed";
    }

    @Override
    public String label() {
      return "failed";
    }
  }

  /** The pod ended by itself, which a daemon pod is not to do (4.3). */
  record PodSucceeded() implements Delete {
    @Override
    public String sentence() {
      return "the pod ended";
    }

    @Override
    public String label() {
      return "succeeded";
    }
  }

  /** Another pod of the node is its senior (4.3). */
  record Duplicate(String kept) implements Delete {
    @Override
    public String sentence() {
      return "the node has pod " + kept + " already";
    }

    @Override
    public String label() {
      return "duplicate";
    }
  }

  /** The node is not to have a pod (4.2, rule C). */
  record NodeExcluded(Verdict verdict) implements Delete {
    @Override
    public String sentence() {
      return "the node is not eligible any more: " + verdict.sentence();
    }

    @Override
    public String label() {
      return "excluded";
    }
  }

  /** The pod waits for a node that is gone (4.2). */
  record NodeGone() implements Delete {
    @Override
    public String sentence() {
      return "the pod waits for a node that is gone";
    }

    @Override
    public String label() {
      return "node_gone";
    }
  }

  /** The pod is of an old revision and it is its turn (6.3). */
  record OldRevision() implements Delete {
    @Override
    public String sentence() {
      return "the pod is of an old revision and it is its turn";
    }

    @Override
    public String label() {
      return "old_revision";
    }
  }

  /** The pod is of an old revision and not available, so nothing is lost (6.3, 6.4). */
  record OldRevisionUnavailable() implements Delete {
    @Override
    public String sentence() {
      return "the pod is of an old revision and not available anyway";
    }

    @Override
    public String label() {
      return "old_revision_unavailable";
    }
  }

  /** With surge: the old pod's successor is there, or the old one does not serve (4.3, 6.4). */
  record Succeeded(String successor) implements Delete {
    @Override
    public String sentence() {
      return "pod " + successor + " of the new revision has taken over";
    }

    @Override
    public String label() {
      return "taken_over";
    }
  }

  /** With surge: the node is not to get a new pod, and enough pods serve elsewhere (6.4). */
  record Sunset() implements Delete {
    @Override
    public String sentence() {
      return "the pod is of an old revision, on a node that gets no new one";
    }

    @Override
    public String label() {
      return "sunset";
    }
  }
}
