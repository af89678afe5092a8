import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.types.Email;
import com.unboundid.scim2.common.types.GroupResource;
import com.unboundid.scim2.common.types.Member;
import com.unboundid.scim2.common.types.Name;
import com.unboundid.scim2.common.types.UserResource;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.WebTarget;
import java.util.List;
import org.glassfish.jersey.apache.connector.ApacheConnectorProvider;
import org.glassfish.jersey.client.ClientConfig;

/** The UnboundID SCIM 2 SDK against a tenant. */
public class Scim {
  interface Work {
    boolean run() throws Exception;
  }

  static void attempt(String what, Work work) {
    try {
      System.out.println(work.run() ? "ok " + what : "fail " + what + ": another answer");
    } catch (Throwable error) {
      System.out.println("fail " + what + ": " + String.valueOf(error).replaceAll("\\s+", " "));
    }
  }

  public static void main(String[] words) {
    ClientConfig config = new ClientConfig().connectorProvider(new ApacheConnectorProvider());
    WebTarget target = ClientBuilder.newClient(config).target(System.getenv("SCIM"));
    target.register((jakarta.ws.rs.client.ClientRequestFilter) request ->
        request.getHeaders().add("Authorization", "Bearer " + System.getenv("KEY")));
    ScimService service = new ScimService(target);
    UserResource[] user = new UserResource[1];
    GroupResource[] group = new GroupResource[1];
    attempt("service provider configuration", () -> service.getServiceProviderConfig().getFilter().isSupported());
    attempt("schemas", () -> service.getSchemas().getTotalResults() >= 3);
    attempt("resource types", () -> service.getResourceTypes().getTotalResults() == 2);
    attempt("create a user", () -> {
      UserResource fresh = new UserResource().setUserName("grace@example.com");
      fresh.setName(new Name().setGivenName("Grace").setFamilyName("Hopper"));
      fresh.setEmails(List.of(new Email().setValue("grace@example.com").setType("work").setPrimary(true)));
      user[0] = service.create("Users", fresh);
      return user[0].getMeta().getLocation().isAbsolute();
    });
    attempt("retrieve", () -> service.retrieve(user[0]).getName().getFamilyName().equals("Hopper"));
    attempt("search", () -> service.searchRequest("Users").filter("userName eq \"grace@example.com\"")
        .invoke(UserResource.class).getTotalResults() == 1);
    attempt("search by POST", () -> service.searchRequest("Users").filter("emails[type eq \"work\"]")
        .invokePost(UserResource.class).getTotalResults() == 1);
    attempt("replace", () -> {
      user[0].setTitle("Admiral");
      user[0] = service.replace(user[0]);
      return user[0].getTitle().equals("Admiral");
    });
    attempt("modify", () -> {
      user[0] = service.modifyRequest(user[0]).replaceValue("displayName", "Amazing Grace").removeValues("title")
          .invoke(UserResource.class);
      return user[0].getTitle() == null && user[0].getDisplayName().equals("Amazing Grace");
    });
    attempt("create a group", () -> {
      GroupResource fresh = new GroupResource().setDisplayName("Navy");
      fresh.setMembers(List.of(new Member().setValue(user[0].getId())));
      group[0] = service.create("Groups", fresh);
      return group[0].getMembers().size() == 1;
    });
    attempt("the group of the user", () -> service.retrieve(user[0]).getGroups().get(0).getDisplay().equals("Navy"));
    attempt("delete", () -> {
      service.delete(group[0]);
      service.delete(user[0]);
      return service.searchRequest("Groups").invoke(GroupResource.class).getTotalResults() == 0;
    });
  }
}
