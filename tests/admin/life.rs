//! Stories against the emulated control plane that one call cannot tell.

use auth_testkit::{ControlPlane, Emulator, Runai};
use futures_util::TryStreamExt as _;
use http::StatusCode;
use runai_auth::admin::{
    AccessScope, Admin, FilterOperator, NewAccessRule, NewUser, SortOrder, Subject,
};
use runai_auth::auth_core::{ErrorKind, Secret};
use runai_auth::{Client, Config, ConfigBuilder};

pub(crate) async fn plane(version: ControlPlane) -> Emulator {
    let emulator = Emulator::builder(Runai::new().control_plane(version));
    emulator.start().await.unwrap()
}

fn at(emulator: &Emulator) -> ConfigBuilder {
    Config::builder().base_url(emulator.base_url())
}

fn client(config: ConfigBuilder) -> Client {
    Client::new(config.build().unwrap()).unwrap()
}

fn person(emulator: &Emulator, name: &str, password: &Secret) -> Client {
    client(at(emulator).username(name).password(password.clone()))
}

pub(crate) fn administrator(emulator: &Emulator) -> Admin {
    let password = Secret::from(emulator.password().unwrap());
    person(emulator, emulator.username().unwrap(), &password).admin()
}

#[tokio::test]
async fn a_new_account_has_no_rights_until_a_rule_exists_and_none_when_it_is_gone() {
    let emulator = plane(ControlPlane::V2_24).await;
    let admin = administrator(&emulator);
    let made = admin
        .service_accounts()
        .create("nightly-import")
        .await
        .unwrap();
    let program = client(
        at(&emulator)
            .client_id(&made.client_id)
            .client_secret(made.secret),
    );
    let refused = program.admin().users().list().count().await.unwrap_err();
    assert_eq!(refused.status(), Some(StatusCode::FORBIDDEN));
    assert!(refused.to_string().contains("access rule"), "{refused}");

    let role = admin.roles().by_name("Viewer").await.unwrap();
    let scope = AccessScope::tenant(admin.tenant_id().await.unwrap());
    let wanted = NewAccessRule::new(Subject::service_account(&made.name), &role, scope);
    let rule = admin.access_rules().create(&wanted).await.unwrap();
    assert!(program.admin().users().list().count().await.is_ok());
    let again = admin.access_rules().create(&wanted).await.unwrap_err();
    assert_eq!(again.status(), Some(StatusCode::BAD_REQUEST));
    assert!(
        admin
            .access_rules()
            .get(rule.id)
            .await
            .unwrap()
            .role_name
            .is_some()
    );

    admin.access_rules().delete(rule.id).await.unwrap();
    assert!(program.admin().users().list().count().await.is_err());
}

#[tokio::test]
async fn a_regenerated_secret_signs_in_and_the_old_one_does_not() {
    let emulator = plane(ControlPlane::V2_24).await;
    let admin = administrator(&emulator);
    let made = admin.applications().create("nightly-import").await.unwrap();
    let second = admin
        .applications()
        .regenerate_secret(&made.id)
        .await
        .unwrap();
    let with = |secret: Secret| {
        client(
            at(&emulator)
                .client_id(&made.client_id)
                .client_secret(secret),
        )
    };
    assert!(with(second).token().await.is_ok());
    let refused = with(made.secret.clone()).token().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidCredentials);
    let conflict = admin
        .applications()
        .create("nightly-import")
        .await
        .unwrap_err();
    assert!(conflict.is_conflict());
}

#[tokio::test]
async fn a_user_signs_in_with_the_first_password_and_chooses_another() {
    let emulator = plane(ControlPlane::V2_24).await;
    let users = administrator(&emulator);
    let made = users.users().create(NewUser::new("a@b.io")).await.unwrap();
    let first = made.temporary_password.unwrap();
    let chosen = Secret::from("another-fake-password");
    let user = person(&emulator, "a@b.io", &first);
    user.admin()
        .me()
        .change_password(&first, &chosen)
        .await
        .unwrap();
    assert!(person(&emulator, "a@b.io", &chosen).token().await.is_ok());
    assert!(person(&emulator, "a@b.io", &first).token().await.is_err());
    let reset = users.users().reset_password(&made.id).await.unwrap();
    assert!(person(&emulator, "a@b.io", &reset).token().await.is_ok());
}

#[tokio::test]
async fn lists_are_streamed_page_by_page_in_order() {
    let emulator = plane(ControlPlane::V2_24).await;
    let admin = administrator(&emulator);
    for number in 0..7 {
        let user = NewUser::new(format!("user{number}@b.io"));
        admin.users().create(user).await.unwrap();
    }
    let before = emulator.api_requests();
    let query = admin
        .users()
        .list()
        .filter("username", FilterOperator::Contains, "@b.io")
        .sort_by("username", SortOrder::Descending)
        .page_size(3);
    assert_eq!(query.count().await.unwrap(), 7);
    let users: Vec<_> = query.stream().try_collect().await.unwrap();
    let names: Vec<_> = users.iter().map(|user| user.username.as_str()).collect();
    assert_eq!(names.len(), 7);
    assert!(names.is_sorted_by(|left, right| left > right), "{names:?}");
    assert_eq!(emulator.api_requests() - before, 1 + 3);
}

#[tokio::test]
async fn a_batch_says_what_came_of_each_of_its_parts() {
    let emulator = plane(ControlPlane::V2_22).await;
    let admin = administrator(&emulator);
    let role = admin.roles().by_name("Viewer").await.unwrap();
    let scope = AccessScope::tenant(admin.tenant_id().await.unwrap());
    let (old, new) = (Subject::user("old@b.io"), Subject::user("new@b.io"));
    let rule = NewAccessRule::new(old.clone(), &role, scope.clone());
    let rule = admin.access_rules().create(&rule).await.unwrap();
    let rules = admin.access_rules();
    let batch = rules
        .create_batch(&role, &[old.clone(), new.clone()], &[scope])
        .await
        .unwrap();
    assert_eq!(batch.created.len(), 1);
    assert_eq!(batch.created[0].subject, new);
    assert_eq!(batch.failed.len(), 1);
    assert_eq!(batch.failed[0].subject.as_ref(), Some(&old));
    assert!(batch.failed[0].message.is_some());

    let could = rules
        .delete_batch_dry_run([rule.id, 999_999])
        .await
        .unwrap();
    assert_eq!((could.deleted.len(), could.failed.len()), (1, 1));
    assert!(rules.get(rule.id).await.is_ok(), "asking deletes nothing");
    let did = rules.delete_batch([rule.id, 999_999]).await.unwrap();
    assert_eq!((did.deleted.len(), did.failed.len()), (1, 1));
    assert!(rules.get(rule.id).await.is_err());
}

#[tokio::test]
async fn roles_are_found_by_name_on_every_control_plane() {
    for version in [
        ControlPlane::V2_18,
        ControlPlane::V2_20,
        ControlPlane::V2_22,
        ControlPlane::V2_24,
        ControlPlane::V2_25,
        ControlPlane::V3_0,
    ] {
        let emulator = plane(version).await;
        let admin = administrator(&emulator);
        assert_eq!(
            admin.roles().by_name("Viewer").await.unwrap().name,
            "Viewer",
            "{version}"
        );
        let unknown = admin.roles().by_name("Archduke").await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::Config);
        assert!(unknown.to_string().contains("Viewer"), "{unknown}");
    }
}
