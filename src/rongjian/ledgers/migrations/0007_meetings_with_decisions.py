"""Meetings with agenda, absences and decisions; what stood as text becomes records and reasons."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_TAKEN_OVER = (
    "unit_id",
    "court_id",
    "path",
    "happened_on",
    "campaign",
    "line",
    "task_force_id",
    "author_id",
    "recorded_at",
)


def texts_become_records(apps: Any, _: Any = None) -> None:
    """A resolution becomes a decision that rests on its meeting; a sentence on missing links, a reason."""
    activity = apps.get_model("ledgers", "Activity")
    decision = apps.get_model("ledgers", "MeetingDecision")
    link = apps.get_model("records", "Link")
    for row in activity.objects.exclude(resolution="").iterator():
        taken = {name: getattr(row, name) for name in _TAKEN_OVER}
        state = "void" if row.state == "void" else "open"
        made = decision.objects.create(kind="decision", state=state, what=row.resolution, **taken)
        link.objects.create(source_id=made.pk, target_id=row.pk, kind="basis")
    reason = apps.get_model("records", "NoLink")
    for row in activity.objects.exclude(no_link_reason="").iterator():
        reason.objects.create(record_id=row.pk, reason="other", words=row.no_link_reason)


class Migration(migrations.Migration):
    dependencies = [
        ("ledgers", "0006_lives_of_recommendations_and_suits"),
        ("org", "0007_two_words_for_clearance"),
        ("records", "0005_links_and_form_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="chair",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chaired",
                to="org.person",
                verbose_name="主持人",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="ends_at",
            field=models.TimeField(blank=True, null=True, verbose_name="结束时间"),
        ),
        migrations.AddField(
            model_name="activity",
            name="gist",
            field=models.TextField(blank=True, max_length=4000, verbose_name="内容要点"),
        ),
        migrations.AddField(
            model_name="activity",
            name="place",
            field=models.CharField(blank=True, max_length=60, verbose_name="地点"),
        ),
        migrations.AddField(
            model_name="activity",
            name="recorder",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="minuted",
                to="org.person",
                verbose_name="记录人",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="starts_at",
            field=models.TimeField(blank=True, null=True, verbose_name="开始时间"),
        ),
        migrations.AddField(
            model_name="activity",
            name="voting",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="应到有表决权"
            ),
        ),
        migrations.AlterField(
            model_name="activity",
            name="type",
            field=models.CharField(
                choices=[
                    ("member_meeting", "支部党员大会"),
                    ("committee_meeting", "支部委员会"),
                    ("group_meeting", "党小组会"),
                    ("party_lecture", "党课"),
                    ("theme_day", "主题党日"),
                    ("org_life_meeting", "组织生活会"),
                    ("appraisal", "民主评议党员"),
                    ("leading_group", "党组会"),
                    ("organ_committee", "机关党委会议"),
                    ("first_item", "第一议题学习"),
                    ("centre_group_study", "中心组学习"),
                    ("democratic_life", "民主生活会"),
                    ("business_review", "双月业务分析会"),
                    ("warning_education", "警示教育"),
                    ("joint_activity", "支部联建"),
                    ("election", "换届选举"),
                    ("admission", "发展党员"),
                    ("discipline", "党纪处分"),
                    ("fee_collection", "党费收缴"),
                ],
                max_length=20,
                verbose_name="活动类型",
            ),
        ),
        migrations.CreateModel(
            name="MeetingDecision",
            fields=[
                (
                    "record_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="records.record",
                    ),
                ),
                ("what", models.CharField(max_length=400, verbose_name="议定事项")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("result", models.CharField(blank=True, max_length=400, verbose_name="落实情况")),
                ("proof", models.CharField(blank=True, max_length=200, verbose_name="办结依据")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owns",
                        to="org.person",
                        verbose_name="责任人",
                    ),
                ),
            ],
            options={
                "verbose_name": "议定事项",
            },
            bases=("records.record",),
        ),
        migrations.CreateModel(
            name="Talk",
            fields=[
                (
                    "record_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="records.record",
                    ),
                ),
                (
                    "between",
                    models.CharField(
                        choices=[
                            ("committee", "支委之间"),
                            ("committee_member", "支委与党员"),
                            ("members", "党员之间"),
                            ("superior", "上级与本支部党员"),
                        ],
                        max_length=16,
                        verbose_name="谈话范围",
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.person",
                        verbose_name="谈话人",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.person",
                        verbose_name="谈话对象",
                    ),
                ),
            ],
            options={
                "verbose_name": "谈心谈话",
            },
            bases=("records.record",),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="ledgers.activity",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="org.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "缺席",
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "person"), name="absence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first_item", "第一议题"),
                            ("study", "学习"),
                            ("report", "通报汇报"),
                            ("discussion", "讨论"),
                            ("vote", "表决"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="议题")),
                (
                    "in_favour",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="赞成"),
                ),
                (
                    "against",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="反对"),
                ),
                (
                    "abstained",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="弃权"),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="ledgers.activity",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledgers.studydocument",
                        verbose_name="学习文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "议程",
                "ordering": ("place",),
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "place"), name="agenda_item_once")
                ],
            },
        ),
        migrations.RunPython(texts_become_records, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="activity",
            name="no_link_reason",
        ),
        migrations.RemoveField(
            model_name="activity",
            name="resolution",
        ),
    ]
