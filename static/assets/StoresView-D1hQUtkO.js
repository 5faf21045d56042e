import{n as e,t}from"./useAllPages-DOU9xn9j.js";import{t as n}from"./DataList-DVZ_pspp.js";import{B as r,D as i,I as a,L as o,N as s,O as c,c as l,i as u,j as d,k as f,l as p,o as m,r as h,s as g}from"./index-BBeSkvmL.js";import{r as _,t as v}from"./inputtext-DxBctR2W.js";import{E as y,F as b,G as x,H as S,I as C,J as w,N as T,O as E,Q as D,S as O,T as k,V as A,W as j,X as M,b as N,g as P,h as F,k as I,nt as L,u as R,v as z,w as B,x as V,y as H}from"./vue-CVxzQs-Q.js";import{t as ee}from"./SelectField--0vIin9V.js";import{n as te,t as U}from"./useQueryFilters-DgpIeX0n.js";import{t as ne}from"./PageHeader-CZi99UOc.js";import{A as W,O as re,T as ie,d as G}from"./orderWords-57wx58dx.js";import{r as ae,t as K}from"./csv-DiaXtsXK.js";import{n as q,r as oe,t as se}from"./table-BFbYlrH_.js";import{t as J}from"./inputnumber-D5x54nM7.js";var Y=o.extend({name:`toggleswitch`,style:`
    .p-toggleswitch {
        display: inline-block;
        width: dt('toggleswitch.width');
        height: dt('toggleswitch.height');
    }

    .p-toggleswitch-input {
        cursor: pointer;
        appearance: none;
        position: absolute;
        top: 0;
        inset-inline-start: 0;
        width: 100%;
        height: 100%;
        padding: 0;
        margin: 0;
        opacity: 0;
        z-index: 1;
        outline: 0 none;
        border-radius: dt('toggleswitch.border.radius');
    }

    .p-toggleswitch-slider {
        cursor: pointer;
        width: 100%;
        height: 100%;
        border-width: dt('toggleswitch.border.width');
        border-style: solid;
        border-color: dt('toggleswitch.border.color');
        background: dt('toggleswitch.background');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            border-color dt('toggleswitch.transition.duration'),
            outline-color dt('toggleswitch.transition.duration'),
            box-shadow dt('toggleswitch.transition.duration');
        border-radius: dt('toggleswitch.border.radius');
        outline-color: transparent;
        box-shadow: dt('toggleswitch.shadow');
    }

    .p-toggleswitch-handle {
        position: absolute;
        top: 50%;
        display: flex;
        justify-content: center;
        align-items: center;
        background: dt('toggleswitch.handle.background');
        color: dt('toggleswitch.handle.color');
        width: dt('toggleswitch.handle.size');
        height: dt('toggleswitch.handle.size');
        inset-inline-start: dt('toggleswitch.gap');
        margin-block-start: calc(-1 * calc(dt('toggleswitch.handle.size') / 2));
        border-radius: dt('toggleswitch.handle.border.radius');
        transition:
            background dt('toggleswitch.transition.duration'),
            color dt('toggleswitch.transition.duration'),
            inset-inline-start dt('toggleswitch.slide.duration'),
            box-shadow dt('toggleswitch.slide.duration');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.background');
        border-color: dt('toggleswitch.checked.border.color');
    }

    .p-toggleswitch.p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.background');
        color: dt('toggleswitch.handle.checked.color');
        inset-inline-start: calc(dt('toggleswitch.width') - calc(dt('toggleswitch.handle.size') + dt('toggleswitch.gap')));
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-slider {
        background: dt('toggleswitch.hover.background');
        border-color: dt('toggleswitch.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover) .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.hover.background');
        color: dt('toggleswitch.handle.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-slider {
        background: dt('toggleswitch.checked.hover.background');
        border-color: dt('toggleswitch.checked.hover.border.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:hover).p-toggleswitch-checked .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.checked.hover.background');
        color: dt('toggleswitch.handle.checked.hover.color');
    }

    .p-toggleswitch:not(.p-disabled):has(.p-toggleswitch-input:focus-visible) .p-toggleswitch-slider {
        box-shadow: dt('toggleswitch.focus.ring.shadow');
        outline: dt('toggleswitch.focus.ring.width') dt('toggleswitch.focus.ring.style') dt('toggleswitch.focus.ring.color');
        outline-offset: dt('toggleswitch.focus.ring.offset');
    }

    .p-toggleswitch.p-invalid > .p-toggleswitch-slider {
        border-color: dt('toggleswitch.invalid.border.color');
    }

    .p-toggleswitch.p-disabled {
        opacity: 1;
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-slider {
        background: dt('toggleswitch.disabled.background');
    }

    .p-toggleswitch.p-disabled .p-toggleswitch-handle {
        background: dt('toggleswitch.handle.disabled.background');
    }
`,classes:{root:function(e){var t=e.instance,n=e.props;return[`p-toggleswitch p-component`,{"p-toggleswitch-checked":t.checked,"p-disabled":n.disabled,"p-invalid":t.$invalid}]},input:`p-toggleswitch-input`,slider:`p-toggleswitch-slider`,handle:`p-toggleswitch-handle`},inlineStyles:{root:{position:`relative`}}}),X={name:`ToggleSwitch`,extends:{name:`BaseToggleSwitch`,extends:_,props:{trueValue:{type:null,default:!0},falseValue:{type:null,default:!1},readonly:{type:Boolean,default:!1},tabindex:{type:Number,default:null},inputId:{type:String,default:null},inputClass:{type:[String,Object],default:null},inputStyle:{type:Object,default:null},ariaLabelledby:{type:String,default:null},ariaLabel:{type:String,default:null}},style:Y,provide:function(){return{$pcToggleSwitch:this,$parentInstance:this}}},inheritAttrs:!1,emits:[`change`,`focus`,`blur`],methods:{getPTOptions:function(e){return(e===`root`?this.ptmi:this.ptm)(e,{context:{checked:this.checked,disabled:this.disabled}})},onChange:function(e){if(!this.disabled&&!this.readonly){var t=this.checked?this.falseValue:this.trueValue;this.writeValue(t,e),this.$emit(`change`,e)}},onFocus:function(e){this.$emit(`focus`,e)},onBlur:function(e){var t,n;this.$emit(`blur`,e),(t=(n=this.formField).onBlur)==null||t.call(n,e)}},computed:{checked:function(){return this.d_value===this.trueValue},dataP:function(){return r({checked:this.checked,disabled:this.disabled,invalid:this.$invalid})}}},Z=[`data-p-checked`,`data-p-disabled`,`data-p`],ce=[`id`,`checked`,`tabindex`,`disabled`,`readonly`,`aria-checked`,`aria-labelledby`,`aria-label`,`aria-invalid`],le=[`data-p`],ue=[`data-p`];function Q(e,t,n,r,i,a){return T(),O(`div`,I({class:e.cx(`root`),style:e.sx(`root`)},a.getPTOptions(`root`),{"data-p-checked":a.checked,"data-p-disabled":e.disabled,"data-p":a.dataP}),[H(`input`,I({id:e.inputId,type:`checkbox`,role:`switch`,class:[e.cx(`input`),e.inputClass],style:e.inputStyle,checked:a.checked,tabindex:e.tabindex,disabled:e.disabled,readonly:e.readonly,"aria-checked":a.checked,"aria-labelledby":e.ariaLabelledby,"aria-label":e.ariaLabel,"aria-invalid":e.invalid||void 0,onFocus:t[0]||=function(){return a.onFocus&&a.onFocus.apply(a,arguments)},onBlur:t[1]||=function(){return a.onBlur&&a.onBlur.apply(a,arguments)},onChange:t[2]||=function(){return a.onChange&&a.onChange.apply(a,arguments)}},a.getPTOptions(`input`)),null,16,ce),H(`div`,I({class:e.cx(`slider`)},a.getPTOptions(`slider`),{"data-p":a.dataP}),[H(`div`,I({class:e.cx(`handle`)},a.getPTOptions(`handle`),{"data-p":a.dataP}),[b(e.$slots,`handle`,{checked:a.checked})],16,ue)],16,le)],16,Z)}X.render=Q;var de={class:`flex items-start gap-2.5`},fe=y({__name:`StoreDialog`,props:E({store:{}},{modelValue:{type:Boolean,required:!0},modelModifiers:{}}),emits:E([`saved`],[`update:modelValue`]),setup(e,{emit:t}){let n=e,r=t,a=A(e,`modelValue`),o=i(),c=l(),{busy:f,errors:p,message:h,reset:_,submit:y}=u([`name`,`location`,`confirmation_delay_ms`,`fulfilment`]),b=w({name:``,location:``,seconds:null,external:!1});S(a,e=>{if(!e)return;_();let t=n.store;Object.assign(b,{name:t?.name??``,location:t?.location??``,seconds:t?t.confirmation_delay_ms/1e3:(c.status?.settings?.store_delay_ms??15e3)/1e3,external:t?.fulfilment===`external`})});async function C(){let e=b.name.trim(),t=b.location.trim();if(_(),e||(p.value.name=`Enter a name.`),t||(p.value.location=`Enter a location.`),!e||!t)return;let i={name:e,location:t,confirmation_delay_ms:Math.round((b.seconds??0)*1e3),fulfilment:b.external?`external`:`internal`};await y(()=>n.store?G.editStore(n.store,i):G.createStore(i))&&(a.value=!1,o.ok(n.store?`Store saved`:`Store opened`,e),r(`saved`))}return(t,n)=>{let r=m,i=v,o=g,c=J,l=s,u=d;return T(),N(u,{visible:a.value,"onUpdate:visible":n[5]||=e=>a.value=e,modal:``,header:e.store?`Edit store`:`New store`,class:`w-[min(32rem,calc(100vw-2rem))]`},{footer:j(()=>[k(l,{label:`Cancel`,severity:`secondary`,outlined:``,onClick:n[4]||=e=>a.value=!1}),k(l,{type:`submit`,form:`store-form`,label:`Save`,loading:D(f)},null,8,[`loading`])]),default:j(()=>[H(`form`,{id:`store-form`,class:`flex flex-col gap-4`,novalidate:``,onSubmit:F(C,[`prevent`])},[k(r,{text:D(h)},null,8,[`text`]),k(o,{id:`store-name`,label:`Name`,error:D(p).name},{default:j(({described:e})=>[k(i,{id:`store-name`,modelValue:b.name,"onUpdate:modelValue":n[0]||=e=>b.name=e,invalid:!!D(p).name,"aria-describedby":e,autofocus:``,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),k(o,{id:`store-location`,label:`Location`,error:D(p).location},{default:j(({described:e})=>[k(i,{id:`store-location`,modelValue:b.location,"onUpdate:modelValue":n[1]||=e=>b.location=e,invalid:!!D(p).location,"aria-describedby":e,fluid:``},null,8,[`modelValue`,`invalid`,`aria-describedby`])]),_:1},8,[`error`]),k(o,{id:`store-delay`,label:`Confirmation delay, seconds`,error:D(p).confirmation_delay_ms,hint:`How long after submit this store confirms its part of an order.`},{default:j(()=>[k(c,{modelValue:b.seconds,"onUpdate:modelValue":n[2]||=e=>b.seconds=e,"input-id":`store-delay`,min:0,max:86400,"max-fraction-digits":3,invalid:!!D(p).confirmation_delay_ms,fluid:``},null,8,[`modelValue`,`invalid`])]),_:1},8,[`error`]),H(`label`,de,[x(H(`input`,{"onUpdate:modelValue":n[3]||=e=>b.external=e,type:`checkbox`,class:`check mt-0.5`},null,512),[[R,b.external]]),n[6]||=H(`span`,null,[B(` Answered from outside `),H(`span`,{class:`block text-sm text-muted-color`},` Confirmation requests go out as events; an outside service answers, or the order times out. `)],-1)])],32)]),_:1},8,[`visible`,`header`])}}}),pe={class:`panel`,"aria-label":`Stores`,"data-tour":`participation`},me={class:`flex flex-wrap gap-3 mb-4`},he=[`title`],ge=[`data-tone`],_e={class:`inline-flex gap-1`},ve=[`aria-label`,`onClick`],ye=[`aria-label`,`onClick`],$=20,be=y({__name:`StoresView`,setup(r){let o=i(),l=a(),u=h(),{filters:d,isFiltered:m,clear:g}=U({q:``,participating:``,sort:`name`},()=>{b.value=1,_.reload()}),_=t(e=>G.stores({...e,q:d.q.trim()||void 0,participating:d.participating?d.participating===`yes`:void 0}));_.reload(),p(e=>e.type.startsWith(`plaza.store.`),_.reload);let v=[{key:`name`,label:`Store`,sortable:!0,title:!0,value:e=>e.name},{key:`location`,label:`Location`,sortable:!0,value:e=>e.location},{key:`products`,label:`Products`,sortable:!0,align:`right`,value:e=>e.product_count},{key:`delay`,label:`Confirms after`,sortable:!0,align:`right`,value:e=>e.confirmation_delay_ms},{key:`participating`,label:`Participating`,sortable:!0,value:e=>Number(e.participating)},{key:`id`,label:`Id`},{key:`actions`,label:`Actions`,align:`right`}],y=z({get:()=>se(d.sort),set:e=>d.sort=oe(e)}),b=M(1),x=z(()=>q(_.items.value,v,y.value)),S=z(()=>x.value.slice((b.value-1)*$,b.value*$)),w=z(()=>_.items.value.filter(e=>e.participating).length),E=z(()=>_.loading.value?`Loading stores…`:_.error.value&&!_.items.value.length?``:`${W(_.items.value.length,`store`)}, ${ie(w.value)} in Shopping`),A=M(),F=M(!1);function I(e){A.value=e,F.value=!0}let R=M(new Set);async function J(e,t){R.value.add(e.id);try{await G.setParticipation(e.id,t),await _.reload(),o.ok(t?`Now in Shopping`:`No longer in Shopping`,e.name)}catch(n){o.problem(n,()=>void J(e,t))}finally{R.value.delete(e.id)}}function Y(e){let t=async()=>{try{await G.archiveStore(e.id),o.ok(`Store archived`,e.name),await _.reload()}catch(e){o.problem(e,()=>void t())}};l.require({header:`Archive store`,message:`Archive ${e.name} and its ${W(e.product_count,`product`)}? Orders that still wait on it are rejected with STORE_CLOSED.`,icon:`pi pi-exclamation-triangle`,acceptProps:{label:`Archive`,severity:`danger`},rejectProps:{label:`Keep`,severity:`secondary`,outlined:!0},accept:()=>void t()})}let Z=()=>K(`stores.csv`,ae(x.value,[`id`,`name`,`location`,`participating`,`confirmation_delay_ms`,`fulfilment`,`product_count`,`created_at`]));return(t,r)=>{let i=s,a=ne,o=te,l=ee,p=C(`RouterLink`),h=X,w=f,M=c,z=n,U=e;return T(),O(P,null,[k(a,{title:`Plaza Admin`,subtitle:E.value},{default:j(()=>[k(i,{label:`Export CSV`,icon:`pi pi-download`,severity:`secondary`,outlined:``,disabled:!x.value.length,onClick:Z},null,8,[`disabled`]),D(u).mayChange?(T(),N(i,{key:0,label:`New store`,icon:`pi pi-plus`,"data-testid":`new-store`,"data-tour":`new-store`,onClick:r[0]||=e=>I()})):V(``,!0)]),_:1},8,[`subtitle`]),H(`section`,pe,[H(`div`,me,[k(o,{modelValue:D(d).q,"onUpdate:modelValue":r[1]||=e=>D(d).q=e,label:`Search stores`,placeholder:`Name or location`},null,8,[`modelValue`]),k(l,{modelValue:D(d).participating,"onUpdate:modelValue":r[2]||=e=>D(d).participating=e,label:`Participation`,options:[{value:``,label:`All stores`},{value:`yes`,label:`In Shopping`},{value:`no`,label:`Not in Shopping`}]},null,8,[`modelValue`])]),k(z,{sort:y.value,"onUpdate:sort":r[4]||=e=>y.value=e,label:`Stores`,columns:v,rows:S.value,"row-key":e=>e.id,"row-label":e=>e.name,loading:D(_).loading.value,busy:D(_).busy.value,error:D(_).error.value,onRetry:r[5]||=e=>D(_).reload()},{"cell-name":j(({row:e})=>[k(p,{to:`/admin/stores/${e.id}/products`,class:`text-link font-medium`},{default:j(()=>[B(L(e.name),1)]),_:2},1032,[`to`])]),"cell-delay":j(({row:e})=>[H(`span`,{title:e.fulfilment===`external`?`Answered by an outside service`:void 0},[B(L(D(re)(e.confirmation_delay_ms)),1),e.fulfilment===`external`?(T(),O(P,{key:0},[B(` · external`)],64)):V(``,!0)],8,he)]),"cell-participating":j(({row:e})=>[D(u).mayChange?(T(),N(h,{key:1,"model-value":e.participating,disabled:R.value.has(e.id),"aria-label":`${e.name} participates`,"onUpdate:modelValue":t=>J(e,t)},null,8,[`model-value`,`disabled`,`aria-label`,`onUpdate:modelValue`])):(T(),O(`span`,{key:0,class:`status-tag`,"data-tone":e.participating?`good`:`quiet`},L(e.participating?`in Shopping`:`not in Shopping`),9,ge))]),"cell-id":j(({row:e})=>[k(w,{id:e.id,label:`store id`},null,8,[`id`])]),"cell-actions":j(({row:e})=>[H(`span`,_e,[k(i,{as:`router-link`,to:`/admin/stores/${e.id}/products`,label:`Products`,icon:`pi pi-tags`,size:`small`,severity:`secondary`,outlined:``,"aria-label":`Products of ${e.name}`},null,8,[`to`,`aria-label`]),D(u).mayChange?(T(),O(`button`,{key:0,type:`button`,class:`icon-button`,"aria-label":`Edit ${e.name}`,title:`Edit`,onClick:t=>I(e)},[...r[9]||=[H(`i`,{class:`pi pi-pencil`,"aria-hidden":`true`},null,-1)]],8,ve)):V(``,!0),D(u).mayChange?(T(),O(`button`,{key:1,type:`button`,class:`icon-button`,"aria-label":`Archive ${e.name}`,title:`Archive`,onClick:t=>Y(e)},[...r[10]||=[H(`i`,{class:`pi pi-inbox`,"aria-hidden":`true`},null,-1)]],8,ye)):V(``,!0)])]),empty:j(()=>[D(m)()?(T(),N(M,{key:0,icon:`pi-search`,title:`No store matches`,text:`Try another search.`},{default:j(()=>[k(i,{label:`Clear the search`,severity:`secondary`,onClick:D(g)},null,8,[`onClick`])]),_:1})):(T(),N(M,{key:1,icon:`pi-building`,title:`No stores yet`,text:D(u).mayChange?`Open the first one here, or load the demo mall on the dashboard.`:`An administrator opens them.`},{default:j(()=>[D(u).mayChange?(T(),O(P,{key:0},[k(i,{label:`New store`,icon:`pi pi-plus`,onClick:r[3]||=e=>I()}),k(i,{as:`router-link`,to:`/`,label:`Dashboard`,severity:`secondary`,outlined:``})],64)):V(``,!0)]),_:1},8,[`text`]))]),_:1},8,[`sort`,`rows`,`row-key`,`row-label`,`loading`,`busy`,`error`]),k(U,{modelValue:b.value,"onUpdate:modelValue":r[6]||=e=>b.value=e,total:x.value.length,size:$,truncated:D(_).truncated.value},null,8,[`modelValue`,`total`,`truncated`])]),k(fe,{modelValue:F.value,"onUpdate:modelValue":r[7]||=e=>F.value=e,store:A.value,onSaved:r[8]||=e=>D(_).reload()},null,8,[`modelValue`,`store`])],64)}}});export{be as default};