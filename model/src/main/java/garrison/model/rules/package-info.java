/**
 * What each kind does to a document on its way in: defaults, what is wiped or carried over,
 * validation and warnings (spec: api-server 10, 15; daemonset 1). {@link
 * garrison.model.rules.RuleBook} finds the rules of a kind, {@link
 * garrison.model.rules.MetadataRules} holds those of every kind. All pure.
 */
@NullMarked
package garrison.model.rules;

import org.jspecify.annotations.NullMarked;
