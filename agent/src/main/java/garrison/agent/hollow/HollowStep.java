package garrison.agent.hollow;

import garrison.agent.pod.ContainerView;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a hollow node has to do about one of its pods now. */
sealed interface HollowStep {
  /** All is said. */
  record Nothing() implements HollowStep {}

  /** Its containers have "ended": the pod can go. */
  record Delete() implements HollowStep {}

  /** This is news; {@code failing} are the containers of which events tell. */
  record Report(ObjectNode status, List<ContainerView> failing) implements HollowStep {}

  /** Look again after this. */
  record Later(Duration pause) implements HollowStep {}
}
