package garrison.agent.pod;

import garrison.agent.Refusal;
import garrison.agent.runtime.Container;
import org.jspecify.annotations.Nullable;

/**
 * Which run of a container its log is that of (spec: node-agent 3.15). A run that was made and did
 * not start has written nothing: what counts is the one before it. Pure.
 *
 * @param newest run, null for none
 * @param before the run before that, null for none
 * @param waiting reason why the container waits, empty where it does not
 * @param podEnded whether the pod will start nothing any more
 */
record LogChoice(
    @Nullable Container newest, @Nullable Container before, String waiting, boolean podEnded) {
  /**
   * The run wanted.
   *
   * @param previous the one before the present one; for a container that waits to be started again,
   *     its last
   * @throws Refusal 400 where there is none
   */
  Container of(String pod, String container, boolean previous) throws Refusal {
    boolean made = newest != null && newest.state() == Container.State.CREATED;
    Container last = made ? before : newest;
    boolean waits = made || (last != null && last.exited() && !waiting.isEmpty());
    if (previous) {
      Container wanted = waits ? last : before;
      if (wanted == null) {
        throw refusal("previous terminated " + subject(pod, container) + " not found");
      }
      return wanted;
    }
    if (last != null) {
      return last;
    }
    if (podEnded) {
      throw terminated(pod, container);
    }
    throw refusal(subject(pod, container) + " is waiting to start: " + reason());
  }

  private String reason() {
    return switch (waiting) {
      case "" -> "ContainerCreating";
      case "ImagePullBackOff" -> "trying and failing to pull image";
      case "ErrImagePull" -> "image can't be pulled";
      default -> waiting;
    };
  }

  /** It has ended, and no log of it is left. */
  static Refusal terminated(String pod, String container) {
    return refusal(subject(pod, container) + " is terminated");
  }

  private static String subject(String pod, String container) {
    return "container \"" + container + "\" in pod \"" + pod + "\"";
  }

  private static Refusal refusal(String text) {
    return new Refusal(400, text);
  }
}
