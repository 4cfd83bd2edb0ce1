package io.drover.sim.hyperv.repository;

import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Objects of a host, as they are at this moment. */
public interface Repository {
    /** The classes. */
    Schema schema();

    /** The host's name, without domain, in capitals as WMI writes it. */
    String hostName();

    /** The objects of exactly this class; new ones at each call. */
    List<CimObject> objectsOf(CimClass type);

    /** The objects of a class and of all that derive from it. */
    default List<CimObject> familyOf(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        schema().familyOf(type).forEach(each -> all.addAll(objectsOf(each)));
        return all;
    }

    /** The object that a reference points to. */
    default Optional<CimObject> find(Ref target) {
        return schema()
                .findIgnoringCase(target.namespace(), target.className())
                .flatMap(type -> familyOf(type).stream()
                        .filter(each -> sameKeys(each.ref(), target))
                        .findFirst());
    }

    private static boolean sameKeys(Ref object, Ref wanted) {
        return new Ref(object.namespace(), wanted.className(), object.keys()).matches(wanted);
    }
}
