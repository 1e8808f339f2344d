package garrison.client.http;

import garrison.client.ListOptions;
import garrison.client.WatchOptions;
import garrison.model.kind.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The URLs of the API, below the server's own (spec: api-server 8.1, 8.2, 9.1). Pure. */
final class Urls {
  private Urls() {}

  static String collection(Kind kind, String namespace) {
    StringBuilder url = new StringBuilder(kind.group().isEmpty() ? "/api/" : "/apis/");
    if (!kind.group().isEmpty()) {
      url.append(kind.group()).append('/');
    }
    url.append(kind.version());
    if (kind.namespaced() && !namespace.isEmpty()) {
      url.append("/namespaces/").append(encode(namespace));
    }
    return url.append('/').append(kind.plural()).toString();
  }

  static String object(Kind kind, String namespace, String name, String subresource) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a name is needed for " + kind.qualifiedPlural());
    }
    String url = collection(kind, namespace) + "/" + encode(name);
    return subresource.isEmpty() ? url : url + "/" + subresource;
  }

  static String list(Kind kind, String namespace, ListOptions options) {
    Query query = new Query(collection(kind, namespace));
    query.add("labelSelector", options.labelSelector());
    query.add("fieldSelector", options.fieldSelector());
    query.add("resourceVersion", options.resourceVersion());
    query.add("limit", options.limit() > 0 ? Integer.toString(options.limit()) : "");
    query.add("continue", options.continueToken());
    return query.toString();
  }

  static String watch(Kind kind, String namespace, WatchOptions options, int timeoutSeconds) {
    Query query = new Query(collection(kind, namespace));
    query.add("watch", "true");
    query.add("allowWatchBookmarks", "true");
    query.add("labelSelector", options.labelSelector());
    query.add("fieldSelector", options.fieldSelector());
    query.add("resourceVersion", options.resourceVersion());
    if (options.sendInitialEvents()) {
      query.add("sendInitialEvents", "true");
      query.add("resourceVersionMatch", "NotOlderThan");
    }
    query.add("timeoutSeconds", Integer.toString(timeoutSeconds));
    return query.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static final class Query {
    private final StringBuilder url;
    private char separator = '?';

    Query(String path) {
      this.url = new StringBuilder(path);
    }

    void add(String name, String value) {
      if (!value.isEmpty()) {
        url.append(separator).append(name).append('=').append(encode(value));
        separator = '&';
      }
    }

    @Override
    public String toString() {
      return url.toString();
    }
  }
}
