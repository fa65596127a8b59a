// The library's components of the screens that are opened seldom: taking up the post, phone, settings.
import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/Fieldset.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
