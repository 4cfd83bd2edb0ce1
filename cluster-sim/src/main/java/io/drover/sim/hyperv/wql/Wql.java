package io.drover.sim.hyperv.wql;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.repository.Repository;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.CimType;
import io.drover.sim.hyperv.schema.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Answers queries from a repository. */
public final class Wql {
    /** What every object has beside the properties of its class; nothing of it goes over WS-Management. */
    private static final Set<String> SYSTEM_PROPERTIES = Set.of(
            "__CLASS",
            "__DERIVATION",
            "__DYNASTY",
            "__GENUS",
            "__NAMESPACE",
            "__PATH",
            "__PROPERTY_COUNT",
            "__RELPATH",
            "__SERVER",
            "__SUPERCLASS");

    private final Repository repository;
    private final Matching matching;

    /** Over the objects of a host. */
    public Wql(Repository repository) {
        this.repository = repository;
        this.matching = new Matching(repository);
    }

    /**
     * Runs a query.
     *
     * @param namespace where its classes are
     * @throws WqlException if the host would refuse it
     */
    public Results run(String namespace, String text) {
        Query query = WqlParser.parse(text);
        if (query instanceof Query.Select select) {
            return select(namespace, select);
        }
        if (query instanceof Query.Related related) {
            return new Results(related(namespace, related), List.of());
        }
        throw new AssertionError("unhandled query: " + query);
    }

    private Results select(String namespace, Query.Select select) {
        CimClass type = known(namespace, select.className());
        List<String> projection = new ArrayList<>();
        for (String name : select.properties()) {
            if (!isSystemProperty(name)) {
                projection.add(type.propertyIgnoringCase(name)
                        .map(Property::name)
                        .orElseThrow(() -> WqlException.invalid("no property '" + name + "' of " + type.name())));
            }
        }
        // A condition on what is not there is refused also when there is nothing to test it on.
        select.condition().ifPresent(condition -> matching.holds(condition, new CimObject(type)));
        List<CimObject> found = repository.familyOf(type).stream()
                .filter(each -> select.condition()
                        .map(condition -> matching.holds(condition, each))
                        .orElse(true))
                .toList();
        return new Results(found, projection);
    }

    private static boolean isSystemProperty(String name) {
        return SYSTEM_PROPERTIES.contains(name.toUpperCase(Locale.ROOT));
    }

    private CimClass known(String namespace, String name) {
        return repository
                .schema()
                .findIgnoringCase(namespace, name)
                .orElseThrow(() -> WqlException.noClass("no class '" + name + "' in " + namespace));
    }

    private List<CimObject> related(String namespace, Query.Related query) {
        Ref start = ObjectPath.parse(query.path(), namespace)
                .orElseThrow(() -> WqlException.invalid("'" + query.path() + "' (expected: a path)"));
        CimClass startClass = known(namespace, start.className());
        if (query.isSchemaOnly()) {
            throw WqlException.invalid("SchemaOnly and ClassDefsOnly are not emulated");
        }
        for (String name : List.of(query.assocClass(), query.resultClass())) {
            if (!name.isEmpty()) {
                known(namespace, name);
            }
        }
        Ref keyed = withKeys(startClass, start);
        Ref object = repository.find(keyed).map(CimObject::ref).orElse(keyed);
        List<CimObject> found = new ArrayList<>();
        for (CimClass association : repository.schema().associations(namespace)) {
            boolean isWanted = query.assocClass().isEmpty() || association.isA(query.assocClass());
            if (isWanted) {
                repository.objectsOf(association).forEach(each -> collect(query, object, each, found));
            }
        }
        return found;
    }

    /** A path has all keys of its class; of one that has one key, the path need not name it. */
    private static Ref withKeys(CimClass type, Ref path) {
        boolean isUnnamed = path.keys().keySet().equals(Set.of(ObjectPath.ONLY_KEY));
        if (isUnnamed && type.keys().size() == 1) {
            return Ref.to(type, Map.of(type.keys().get(0), path.key(ObjectPath.ONLY_KEY)));
        }
        Set<String> expected = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        expected.addAll(type.keys());
        if (type.keys().isEmpty() || !expected.equals(path.keys().keySet())) {
            throw WqlException.path(
                    "keys " + path.keys().keySet() + " of " + type.name() + " (expected: " + expected + ")");
        }
        return path;
    }

    private void collect(Query.Related query, Ref object, CimObject association, List<CimObject> found) {
        List<Property> ends = association.type().properties().stream()
                .filter(each -> each.type() == CimType.REFERENCE)
                .toList();
        for (Property near : ends) {
            boolean isHere = association.value(near.name()).orElse("") instanceof Ref ref && ref.matches(object);
            if (!isHere || !matchesRole(query.role(), near)) {
                continue;
            }
            if (query.wantsAssociations()) {
                if (query.resultClass().isEmpty() || association.type().isA(query.resultClass())) {
                    found.add(association);
                }
                continue;
            }
            for (Property far : ends) {
                if (!far.equals(near)
                        && matchesRole(query.resultRole(), far)
                        && association.value(far.name()).orElse("") instanceof Ref other) {
                    repository
                            .find(other)
                            .filter(each ->
                                    query.resultClass().isEmpty() || each.type().isA(query.resultClass()))
                            .filter(each -> found.stream()
                                    .noneMatch(known -> known.ref().matches(each.ref())))
                            .ifPresent(found::add);
                }
            }
        }
    }

    private static boolean matchesRole(String role, Property end) {
        return role.isEmpty() || role.equalsIgnoreCase(end.name());
    }
}
