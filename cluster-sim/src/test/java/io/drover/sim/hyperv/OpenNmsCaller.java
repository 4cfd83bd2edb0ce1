package io.drover.sim.hyperv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opennms.core.wsman.WSManClient;
import org.opennms.core.wsman.WSManEndpoint;
import org.opennms.core.wsman.WSManVersion;
import org.opennms.core.wsman.cxf.CXFWSManClientFactory;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Asks a host with the client of OpenNMS, which its makers use against Windows. A program of its own: it reaches into a
 * package of the JDK that is closed otherwise.
 */
final class OpenNmsCaller {
    private OpenNmsCaller() {}

    /** Address, class, query, name of a VM; writes what it found line by line. */
    public static void main(String[] arguments) throws Exception {
        WSManEndpoint endpoint = new WSManEndpoint.Builder(arguments[0])
                .withBasicAuth("drover", "drover")
                .withServerVersion(WSManVersion.WSMAN_1_0)
                .withMaxElements(2)
                .build();
        WSManClient client = new CXFWSManClientFactory().getClient(endpoint);
        System.out.println("vendor " + client.identify().getProductVendor());
        List<Node> items = new ArrayList<>();
        client.enumerateAndPullUsingFilter(Caller.VIRTUALIZATION + "*", Caller.WQL, arguments[2], items, true);
        for (Node each : items) {
            System.out.println("item " + each.getLocalName() + " " + value(each, "ElementName"));
        }
        List<Node> all = new ArrayList<>();
        client.enumerateAndPull(Caller.VIRTUALIZATION + arguments[1], all, true);
        System.out.println("all " + all.size());
        Node vm = client.get(
                Caller.VIRTUALIZATION + arguments[1], Map.of("CreationClassName", arguments[1], "Name", arguments[3]));
        System.out.println("got " + value(vm, "ElementName") + " " + value(vm, "EnabledState"));
    }

    private static String value(Node item, String name) {
        NodeList children = item.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (name.equals(children.item(i).getLocalName())) {
                return children.item(i).getTextContent();
            }
        }
        return "none";
    }
}
