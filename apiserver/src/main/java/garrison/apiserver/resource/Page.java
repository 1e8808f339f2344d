package garrison.apiserver.resource;

import garrison.apiserver.watch.Stored;
import java.util.List;

/**
 * One page of a list.
 *
 * @param items by namespace and name
 * @param revision at which all pages of the list are true
 * @param continueToken for the next page, empty at the end
 * @param remaining how many items come after this page; -1 where that is not told
 */
public record Page(List<Stored> items, long revision, String continueToken, long remaining) {}
