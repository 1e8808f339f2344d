package garrison.agent.pod;

import garrison.agent.image.ImageStep;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The events of one pod, in upstream's words. Thread-safe. */
public final class Told {
  private final EventRecorder events;
  private volatile PodContext context;
  private final Map<String, String> last = new ConcurrentHashMap<>();

  /** With the recorder of the node. */
  public Told(EventRecorder events, PodContext context) {
    this.events = events;
    this.context = context;
  }

  /** The pod has changed. */
  void about(PodContext now) {
    context = now;
  }

  /** A warning about the pod. */
  public void warning(String reason, String message) {
    events.warning(ObjectReference.of(context.pod()), reason, message);
  }

  /** Only when it is another message than the last of that reason: for what holds for long. */
  public void warningOnce(String reason, String message) {
    if (!message.equals(last.put(reason, message))) {
      warning(reason, message);
    }
  }

  /** Something usual, only when it is another message than the last of that reason. */
  public void normalOnce(String reason, String message) {
    if (!message.equals(last.put(reason, message))) {
      events.normal(ObjectReference.of(context.pod()), reason, message);
    }
  }

  /** Something usual about a container. */
  public void normal(ContainerView view, String reason, String message) {
    events.normal(reference(view.name(), view.role()), reason, message);
  }

  /** A warning about a container. */
  public void warning(ContainerView view, String reason, String message) {
    events.warning(reference(view.name(), view.role()), reason, message);
  }

  /** The events of one container. */
  ImageStep.Events of(ContainerView view) {
    return new ImageStep.Events() {
      @Override
      public void normal(String reason, String message) {
        Told.this.normal(view, reason, message);
      }

      @Override
      public void warning(String reason, String message) {
        Told.this.warning(view, reason, message);
      }
    };
  }

  /** A warning about a container of that name. */
  public void warning(String container, String reason, String message) {
    ContainerRole role = ContainerRole.of(context.spec(), container);
    events.warning(reference(container, role == null ? ContainerRole.MAIN : role), reason, message);
  }

  private ObjectReference reference(String container, ContainerRole role) {
    return ObjectReference.of(context.pod()).field("spec." + role.list() + "{" + container + "}");
  }
}
