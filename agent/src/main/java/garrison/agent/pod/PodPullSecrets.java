package garrison.agent.pod;

import garrison.agent.image.ImageName;
import garrison.agent.image.ImageStep;
import garrison.agent.image.PullSecrets;
import garrison.agent.runtime.Credential;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The pull secrets that a pod names, read when an image is fetched. A missing one is no error. */
final class PodPullSecrets implements ImageStep.Secrets {
  private final List<ObjectNode> found = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  PodPullSecrets(PodContext context, References references) {
    for (JsonNode named : context.spec().path("imagePullSecrets")) {
      String name = named.path("name").asString("");
      ObjectNode secret = find(references, context.namespace(), name);
      if (secret == null) {
        missing.add(name);
      } else {
        found.add(secret);
      }
    }
  }

  private static @Nullable ObjectNode find(References references, String namespace, String name) {
    try {
      return references.secret(namespace, name);
    } catch (StatusException | UnreachableException e) {
      return null;
    }
  }

  @Override
  public List<Credential> fitting(ImageName image) {
    return PullSecrets.fitting(image, found);
  }

  @Override
  public String missing() {
    return String.join(", ", missing);
  }
}
