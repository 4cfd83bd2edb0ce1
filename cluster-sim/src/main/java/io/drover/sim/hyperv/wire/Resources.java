package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.repository.Repository;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds what a resource URI and selectors mean. */
final class Resources {
    /** Behind the namespace of a URI that stands for all of its classes. */
    static final String ALL = "*";

    private Resources() {}

    /** The class behind a URI. */
    static CimClass classOf(Schema schema, String uri) {
        String namespace = namespaceOf(schema, uri);
        String name = lastOf(uri);
        return schema.find(namespace, name)
                .orElseThrow(() -> WsmanFault.noClass("There is no class " + name + " in " + namespace + ".", true));
    }

    /** The namespace of a URI. */
    static String namespaceOf(Schema schema, String uri) {
        int end = uri.lastIndexOf('/');
        if (!uri.startsWith(CimClass.URI_ROOT) || end < CimClass.URI_ROOT.length()) {
            throw WsmanFault.noClass("The resource URI is '" + uri + "'.", false);
        }
        String namespace = uri.substring(CimClass.URI_ROOT.length(), end);
        if (!schema.hasNamespace(namespace)) {
            throw WsmanFault.noClass("There is no namespace " + namespace + ".", false);
        }
        return namespace;
    }

    /** What stands last in a URI. */
    static String lastOf(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    /** The object that selectors mean, none missing and none too many. */
    static CimObject object(Repository repository, CimClass type, Map<String, String> selectors) {
        if (type.isSingleton()) {
            return singleton(repository, type, selectors);
        }
        Set<String> expected = new TreeSet<>(type.keys());
        if (!expected.equals(selectors.keySet())) {
            throw WsmanFault.selectors("Selectors " + selectors.keySet() + " (expected: " + expected + ").");
        }
        return repository
                .find(Ref.to(type, selectors))
                .orElseThrow(() -> WsmanFault.notFound("There is no such " + type.name() + "."));
    }

    /** One client sends the class of the system too, and hosts take it. */
    private static CimObject singleton(Repository repository, CimClass type, Map<String, String> selectors) {
        if (!selectors.getOrDefault("CreationClassName", "").equalsIgnoreCase(type.name())) {
            throw WsmanFault.methodParameters("Selector CreationClassName=" + type.name() + " is missing.");
        }
        for (String name : selectors.keySet()) {
            if (!name.equals("CreationClassName") && !name.equals("SystemCreationClassName")) {
                throw WsmanFault.selectors("Selector " + name + " (expected: CreationClassName alone).");
            }
        }
        return repository.objectsOf(type).stream()
                .findFirst()
                .orElseThrow(() -> WsmanFault.notFound("There is no " + type.name() + "."));
    }
}
