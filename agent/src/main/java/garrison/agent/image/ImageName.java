package garrison.agent.image;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image as a pod names it. Pure.
 *
 * @param text with the tag {@code latest} where it had neither tag nor digest
 * @param registry host, with port if given, of the registry that has it
 * @param latest whether its tag is {@code latest}
 */
public record ImageName(String text, String registry, boolean latest) {
  private static final String HUB = "docker.io";
  private static final String LATEST = "latest";
  private static final String SEPARATED = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final Pattern PATH = Pattern.compile(SEPARATED + "(?:/" + SEPARATED + ")*");
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
  private static final Pattern DIGEST =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");

  /** Reads it; null where it can be no image's name. */
  public static @Nullable ImageName parse(String name) {
    int at = name.indexOf('@');
    String digest = at < 0 ? "" : name.substring(at + 1);
    String rest = at < 0 ? name : name.substring(0, at);
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    String tag = tagged ? rest.substring(colon + 1) : "";
    String repository = tagged ? rest.substring(0, colon) : rest;
    int slash = repository.indexOf('/');
    String first = slash < 0 ? "" : repository.substring(0, slash);
    boolean host = isHost(first);
    String path = host ? repository.substring(slash + 1) : repository;
    boolean good =
        PATH.matcher(path).matches()
            && (!host || HOST.matcher(first).matches())
            && (!tagged || TAG.matcher(tag).matches())
            && (at < 0 || DIGEST.matcher(digest).matches());
    if (!good) {
      return null;
    }
    boolean bare = !tagged && at < 0;
    return new ImageName(
        bare ? name + ":" + LATEST : name,
        host ? first : HUB,
        bare || (tagged && tag.equals(LATEST) && at < 0));
  }

  /** The first part of a path is a host where it cannot be a name at the hub. */
  private static boolean isHost(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  /** What to do where the container does not say: a moving tag has to be looked at each time. */
  public String defaultPolicy() {
    return latest ? "Always" : "IfNotPresent";
  }
}
