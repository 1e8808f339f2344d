package garrison.agent.image;

import garrison.agent.runtime.Credential;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Credentials for registries in secrets of the two kinds that Docker's clients write. Pure. */
public final class PullSecrets {
  private static final String CONFIG_JSON = ".dockerconfigjson";
  private static final String CONFIG = ".dockercfg";

  private PullSecrets() {}

  /**
   * Those that fit an image, the most special first: a longer path of the registry before a shorter
   * one. A secret that cannot be read fits none.
   */
  public static List<Credential> fitting(ImageName image, List<? extends JsonNode> secrets) {
    Map<String, Credential> found = new LinkedHashMap<>();
    for (JsonNode secret : secrets) {
      for (Map.Entry<String, JsonNode> entry : entries(secret).properties()) {
        String place = place(entry.getKey());
        if (fits(image, place)) {
          found.putIfAbsent(place, credential(entry.getKey(), entry.getValue()));
        }
      }
    }
    List<Map.Entry<String, Credential>> sorted = new ArrayList<>(found.entrySet());
    sorted.sort(Comparator.comparingInt(entry -> -entry.getKey().length()));
    return sorted.stream().map(Map.Entry::getValue).toList();
  }

  private static JsonNode entries(JsonNode secret) {
    JsonNode data = secret.path("data");
    String json = data.path(CONFIG_JSON).asString("");
    String old = data.path(CONFIG).asString("");
    try {
      return json.isEmpty() ? decoded(old) : decoded(json).path("auths");
    } catch (JacksonException | IllegalArgumentException e) {
      return Json.object(); // then the pull says that nobody was let in
    }
  }

  private static JsonNode decoded(String base64) {
    return base64.isEmpty() ? Json.object() : Json.parse(Base64.getDecoder().decode(base64));
  }

  /** Host and path of a registry's name in a secret: {@code https://index.docker.io/v1/} too. */
  private static String place(String server) {
    String place = server.replaceFirst("^https?://", "");
    place = place.replaceFirst("/(v1|v2)/?$", "").replaceFirst("/$", "");
    return place.equals("index.docker.io") ? "docker.io" : place;
  }

  /** A star stands for one part of a host's name. */
  private static boolean fits(ImageName image, String place) {
    int slash = place.indexOf('/');
    String host = slash < 0 ? place : place.substring(0, slash);
    if (!hostFits(host, image.registry())) {
      return false;
    }
    String full =
        image.text().startsWith(image.registry() + "/")
            ? image.text()
            : image.registry() + "/" + image.text();
    return slash < 0
        || full.substring(image.registry().length()).startsWith(place.substring(slash));
  }

  private static boolean hostFits(String pattern, String host) {
    List<String> wanted = List.of(pattern.split("\\."));
    List<String> parts = List.of(host.split("\\."));
    if (wanted.size() != parts.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      String part = wanted.get(i);
      boolean fits =
          part.contains("*")
              ? parts.get(i).matches(part.replace("*", ".*"))
              : part.equals(parts.get(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static Credential credential(String server, JsonNode entry) {
    String username = entry.path("username").asString("");
    String password = entry.path("password").asString("");
    String auth = entry.path("auth").asString("");
    if (!auth.isEmpty()) {
      String both = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = both.indexOf(':');
      username = colon < 0 ? both : both.substring(0, colon);
      password = colon < 0 ? "" : both.substring(colon + 1);
    }
    return new Credential(
        server,
        username,
        password,
        entry.path("identitytoken").asString(""),
        entry.path("registrytoken").asString(""));
  }
}
