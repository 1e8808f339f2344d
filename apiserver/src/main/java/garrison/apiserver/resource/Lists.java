package garrison.apiserver.resource;

import garrison.apiserver.watch.Keys;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.Stored;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.store.CompactedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Lists, by the table of versions, in pages (spec: api-server 8.2). */
final class Lists {
  private static final String TOO_OLD = "The resourceVersion for the provided list is too old.";
  private static final String TOKEN_TOO_OLD =
      "The provided continue parameter is too old to display a consistent list result. You can"
          + " start a new list without the continue parameter, or use the continue token in this"
          + " response to retrieve the remainder of the results. Continuing with the provided token"
          + " results in an inconsistent list - objects that were created, modified, or deleted"
          + " between the time the first chunk was returned and now may show up in the list.";

  private final ResourceCache cache;

  Lists(ResourceCache cache) {
    this.cache = cache;
  }

  Page list(Kind kind, String namespace, ListRequest request) {
    checkMatch(request);
    Selection selection =
        Selection.of(kind, namespace, request.labelSelector(), request.fieldSelector());
    int limit = (int) Math.clamp(request.limit(), 0, Integer.MAX_VALUE);
    if (!request.continueToken().isEmpty()) {
      return goOn(selection, request, limit);
    }
    String version = request.resourceVersion();
    if (version.equals("0")) {
      return present(selection, 0, "");
    }
    long revision = version(version);
    cache.awaitVersion(revision);
    boolean exactly =
        switch (request.resourceVersionMatch()) {
          case "Exact" -> true;
          case "NotOlderThan" -> false;
          default -> revision > 0 && limit > 0;
        };
    if (!exactly) {
      return present(selection, limit, "");
    }
    try {
      return past(selection, revision, limit, "");
    } catch (CompactedException e) {
      throw StatusException.of(StatusReason.EXPIRED, TOO_OLD);
    }
  }

  private static long version(String text) {
    try {
      return SystemMetadata.version(text);
    } catch (StatusException e) {
      throw StatusException.badRequest("invalid resource version: " + e.message());
    }
  }

  private static void checkMatch(ListRequest request) {
    String match = request.resourceVersionMatch();
    if (match.isEmpty()) {
      return;
    }
    List<FieldError> errors = new ArrayList<>();
    if (!request.continueToken().isEmpty()) {
      errors.add(forbidden("resourceVersionMatch is forbidden when continue is provided"));
    } else if (request.resourceVersion().isEmpty()) {
      errors.add(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
    } else if (match.equals("Exact") && request.resourceVersion().equals("0")) {
      errors.add(
          forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }
    if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
      errors.add(
          Options.unsupported(
              "resourceVersionMatch", "\"" + match + "\"", "\"Exact\", \"NotOlderThan\", \"\""));
    }
    if (!errors.isEmpty()) {
      throw Options.invalid("ListOptions", errors);
    }
  }

  private static FieldError forbidden(String why) {
    return Options.forbidden("resourceVersionMatch", why);
  }

  private Page goOn(Selection selection, ListRequest request, int limit) {
    String version = request.resourceVersion();
    if (!version.isEmpty() && !version.equals("0")) {
      throw StatusException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
    ContinueToken token = ContinueToken.decode(request.continueToken());
    if (token.revision() == ContinueToken.PRESENT) {
      return present(selection, limit, token.after());
    }
    try {
      return past(selection, token.revision(), limit, token.after());
    } catch (CompactedException e) {
      ObjectNode status =
          StatusException.of(StatusReason.EXPIRED, TOKEN_TOO_OLD).status().deepCopy();
      status
          .withObject("metadata")
          .put("continue", new ContinueToken(ContinueToken.PRESENT, token.after()).encode());
      throw new StatusException(status);
    }
  }

  /** From memory; the pages behind this one come from the store's history at its revision. */
  private Page present(Selection selection, int limit, String after) {
    ResourceCache.Listing listing = cache.list(selection);
    String prefix = prefix(selection);
    List<Stored> items = listing.items();
    int from = 0;
    while (from < items.size()
        && !after.isEmpty()
        && items.get(from).key().compareTo(prefix + after) <= 0) {
      from++;
    }
    int to = limit == 0 ? items.size() : Math.min(items.size(), from + limit);
    List<Stored> page = items.subList(from, to);
    if (to == items.size()) {
      return new Page(page, listing.revision(), "", -1);
    }
    String next =
        new ContinueToken(listing.revision(), page.getLast().key().substring(prefix.length()))
            .encode();
    return new Page(
        page, listing.revision(), next, selection.unconditional() ? items.size() - to : -1);
  }

  private Page past(Selection selection, long revision, int limit, String after) {
    if (revision > cache.revision()) {
      throw StatusException.badRequest(
          "invalid continue token: its resourceVersion is in the future");
    }
    String prefix = prefix(selection);
    ResourceCache.OldPage page =
        cache.listAt(selection, revision, limit, after.isEmpty() ? "" : prefix + after);
    if (page.remaining() == 0) {
      return new Page(page.items(), revision, "", -1);
    }
    String next = new ContinueToken(revision, page.last().substring(prefix.length())).encode();
    return new Page(
        page.items(), revision, next, selection.unconditional() ? page.remaining() : -1);
  }

  private static String prefix(Selection selection) {
    return Keys.prefix(selection.kind(), selection.namespace());
  }
}
