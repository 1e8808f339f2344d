package garrison.apiserver.resource;

import org.jspecify.annotations.Nullable;

/**
 * What to watch, all as the client sent it (spec: api-server 9).
 *
 * @param labelSelector in text form, may be empty
 * @param fieldSelector in text form, may be empty
 * @param resourceVersion empty, "0" or a number
 * @param resourceVersionMatch empty or NotOlderThan
 * @param sendInitialEvents null where the client does not say
 * @param bookmarks whether the client knows bookmarks
 */
public record WatchRequest(
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    String resourceVersionMatch,
    @Nullable Boolean sendInitialEvents,
    boolean bookmarks) {}
