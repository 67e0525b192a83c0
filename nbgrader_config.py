"""nbgrader's settings for this course. `nbgrader autograde TOPIC` and `course grade TOPIC` both read them."""

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "generative_modelling"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# What a student handed in is read by our own intake, which takes any bytes and never stops the class.
c.Autograde.exporter_class = "course_lib.grading.nbgrader_seam.SubmissionExporter"
# nbgrader's own list, with MarkAnswers in the place of Execute.
c.Autograde.autograde_preprocessors = [
    "course_lib.grading.nbgrader_seam.MarkAnswers",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True

# How long a submission may take, in seconds of the clock.
c.MarkAnswers.cell_seconds = 60.0
c.MarkAnswers.question_seconds = 60.0
c.MarkAnswers.total_seconds = 600.0
c.MarkAnswers.sandbox = "none"  # a separate process, not a sandbox

# Feedback pages and the form grader show what students wrote: never as HTML that runs.
c.HTMLExporter.filters = {"markdown2html": "course_lib.grading.safe_html.markdown2html"}
