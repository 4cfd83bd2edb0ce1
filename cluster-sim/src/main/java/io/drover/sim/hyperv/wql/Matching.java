package io.drover.sim.hyperv.wql;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.DmtfTime;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.repository.Repository;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.CimType;
import io.drover.sim.hyperv.schema.Property;
import io.drover.sim.hyperv.wql.Condition.Operand;
import io.drover.sim.hyperv.wql.Condition.Operator;
import io.drover.sim.hyperv.wql.Lexer.Kind;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out whether an object meets a condition. Texts compare without regard to case, as in WMI. */
final class Matching {
    /** What __GENUS says of objects; classes have another number. */
    private static final long INSTANCE = 2;

    private final Repository repository;

    Matching(Repository repository) {
        this.repository = repository;
    }

    boolean holds(Condition condition, CimObject object) {
        if (condition instanceof Condition.And and) {
            return holds(and.left(), object) && holds(and.right(), object);
        }
        if (condition instanceof Condition.Or or) {
            return holds(or.left(), object) || holds(or.right(), object);
        }
        if (condition instanceof Condition.Not not) {
            return !holds(not.inner(), object);
        }
        if (condition instanceof Condition.IsNull isNull) {
            return isNull(isNull.property(), object);
        }
        if (condition instanceof Condition.IsA isA) {
            return object.type().isA(isA.className());
        }
        if (condition instanceof Condition.Compare compare) {
            return compares(compare, object);
        }
        throw new AssertionError("unhandled condition: " + condition);
    }

    private boolean compares(Condition.Compare compare, CimObject object) {
        Operand left = compare.left();
        Operand right = compare.right();
        if (isPath(left) || isPath(right)) {
            return comparesPath(compare, object);
        }
        checkTypes(compare, object);
        Object leftValue = side(left, object);
        Object rightValue = side(right, object);
        if (leftValue == null || rightValue == null) {
            return false;
        }
        if (compare.operator() == Operator.LIKE) {
            return new LikePattern(rightValue.toString()).matches(leftValue.toString());
        }
        int order = order(leftValue, rightValue);
        return switch (compare.operator()) {
            case EQUAL -> order == 0;
            case UNEQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case LIKE -> throw new AssertionError("unhandled operator");
        };
    }

    /** A number compares with a text only if that is one. */
    private static void checkTypes(Condition.Compare compare, CimObject object) {
        boolean isOrder = compare.operator() != Operator.LIKE;
        if (isOrder
                && (isNoNumberFor(compare.left(), compare.right(), object)
                        || isNoNumberFor(compare.right(), compare.left(), object))) {
            throw WqlException.invalid("'" + compare.left().text() + "' compared with '"
                    + compare.right().text() + "' (expected: a number)");
        }
    }

    private static boolean isNoNumberFor(Operand property, Operand value, CimObject object) {
        return property.kind() == Kind.WORD
                && value.kind() == Kind.TEXT
                && object.type()
                        .propertyIgnoringCase(property.text())
                        .filter(each -> each.type().isNumber())
                        .isPresent()
                && number(value.text()).isEmpty();
    }

    private static boolean isPath(Operand operand) {
        return operand.kind() == Kind.WORD
                && (operand.text().equalsIgnoreCase("__PATH") || operand.text().equalsIgnoreCase("__RELPATH"));
    }

    /** Paths are equal when they mean the same object, in whatever order and case they name it. */
    private boolean comparesPath(Condition.Compare compare, CimObject object) {
        Operand other = isPath(compare.left()) ? compare.right() : compare.left();
        Optional<Ref> wanted = ObjectPath.parse(other.text(), object.type().namespace());
        boolean isSame = wanted.map(ref -> ref.matches(object.ref())).orElse(false);
        return switch (compare.operator()) {
            case EQUAL -> isSame;
            case UNEQUAL -> !isSame;
            case LIKE -> new LikePattern(other.text()).matches(ObjectPath.format(repository.hostName(), object.ref()));
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> throw WqlException.invalid("paths have no order");
        };
    }

    private @Nullable Object side(Operand operand, CimObject object) {
        return switch (operand.kind()) {
            case WORD -> value(operand.text(), object);
            case TEXT -> operand.text();
            case NUMBER -> new BigDecimal(operand.text());
            case SIGN, PATH -> throw new AssertionError("no operand: " + operand);
        };
    }

    private @Nullable Object value(String name, CimObject object) {
        CimClass type = object.type();
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "__SERVER" -> repository.hostName();
            case "__CLASS" -> type.name();
            case "__DYNASTY" -> type.root().name();
            case "__GENUS" -> INSTANCE;
            case "__PROPERTY_COUNT" -> (long) type.properties().size();
            case "__SUPERCLASS" -> type.base().map(CimClass::name).orElse(null);
            case "__NAMESPACE" -> type.namespace().replace('/', '\\');
            case "__PATH" -> ObjectPath.format(repository.hostName(), object.ref());
            case "__RELPATH" -> ObjectPath.relative(object.ref());
            case "TRUE" -> true;
            case "FALSE" -> false;
            default -> property(name, object);
        };
    }

    /** Also arrays can be asked for that, which compare with nothing. */
    private boolean isNull(String name, CimObject object) {
        Optional<Property> property = object.type().propertyIgnoringCase(name);
        return property.isPresent() ? object.value(property.get().name()).isEmpty() : value(name, object) == null;
    }

    private @Nullable Object property(String name, CimObject object) {
        Property property = object.type()
                .propertyIgnoringCase(name)
                .orElseThrow(() -> WqlException.invalid(
                        "no property '" + name + "' of " + object.type().name()));
        if (property.isArray()) {
            throw WqlException.invalid("'" + name + "' is an array and cannot be compared");
        }
        Object value = object.value(property.name()).orElse(null);
        if (value != null && property.type() == CimType.DATETIME) {
            return DmtfTime.format(value);
        }
        return value instanceof Ref ref ? ObjectPath.format(repository.hostName(), ref) : value;
    }

    private static int order(Object left, Object right) {
        if (left instanceof Boolean || right instanceof Boolean) {
            return Boolean.compare(truth(left), truth(right));
        }
        Optional<BigDecimal> leftNumber = number(left);
        Optional<BigDecimal> rightNumber = number(right);
        if (leftNumber.isPresent() && rightNumber.isPresent() && !(left instanceof String && right instanceof String)) {
            return leftNumber.get().compareTo(rightNumber.get());
        }
        return left.toString().compareToIgnoreCase(right.toString());
    }

    private static boolean truth(Object value) {
        return value.toString().equalsIgnoreCase("true") || value.toString().equals("1");
    }

    private static Optional<BigDecimal> number(Object value) {
        try {
            return Optional.of(new BigDecimal(value.toString()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
