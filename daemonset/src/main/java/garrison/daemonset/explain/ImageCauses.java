package garrison.daemonset.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Why an image does not come to a node. */
final class ImageCauses {
  private final Observed observed;
  private final Commands commands;

  ImageCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
  }

  /** The cause behind a waiting reason; null where it is not about images. */
  @Nullable Cause of(
      String what, String container, JsonNode status, String reason, String message) {
    String image = status.path("image").asString("");
    return switch (reason) {
      case "ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError" ->
          pull(what, container, image, message);
      case "InvalidImageName" ->
          Cause.of(
              "image_name",
              what + " names an image that is no name: " + image,
              correct(container, image));
      case "ErrImageNeverPull" ->
          Cause.of(
              "image_missing",
              what + " wants image " + image + " without a pull, and the node has no such image",
              Fix.write(
                  "let it be pulled",
                  "spec:\n  template:\n    spec:\n      containers:\n      - name: "
                      + container
                      + "\n        imagePullPolicy: IfNotPresent"));
      default -> null;
    };
  }

  private Cause pull(String what, String container, String image, String message) {
    String text = message.toLowerCase(Locale.ROOT);
    List<Fix> fixes = new ArrayList<>();
    String why;
    if (any(text, "unauthorized", "denied", "forbidden", "401", "403", "authorization failed")) {
      why = "the registry does not let the node have it";
      fixes.add(
          new Fix(
              "give it credentials",
              commands.kubectl(
                  "create secret docker-registry pull --docker-server="
                      + registry(image)
                      + " --docker-username=USER --docker-password=PASSWORD"),
              "spec:\n  template:\n    spec:\n      imagePullSecrets:\n      - name: pull"));
    } else if (any(text, "not found", "manifest unknown", "does not exist", "no such image")) {
      why = "there is no such image";
      fixes.add(correct(container, image));
    } else if (any(
        text,
        "no such host",
        "timeout",
        "timed out",
        "connection refused",
        "unreachable",
        "deadline exceeded",
        "temporary failure in name resolution")) {
      why = "the node does not reach the registry";
      fixes.add(
          Fix.act(
              "see from that machine whether "
                  + registry(image)
                  + " answers (name resolution, proxy, firewall), or load the image there"));
    } else if (any(text, "x509", "certificate")) {
      why = "the node does not trust the registry's certificate";
      fixes.add(Fix.act("give that machine's container runtime the registry's CA certificate"));
    } else {
      why = "the pull fails";
      fixes.add(correct(container, image));
    }
    fixes.addAll(commands.backToEarlierRevision(observed));
    String summary = what + " has no image " + image + ": " + why;
    return Cause.of(
        "image_pull", summary, message.isEmpty() ? summary : summary + " (" + message + ")", fixes);
  }

  private static boolean any(String text, String... words) {
    for (String word : words) {
      if (text.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private Fix correct(String container, String image) {
    return Fix.run(
        "name one that is there, in place of " + image,
        commands.kubectl("set image " + commands.name() + " " + container + "=IMAGE"));
  }

  private static String registry(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    return first.contains(".") || first.contains(":") ? first : "docker.io";
  }
}
